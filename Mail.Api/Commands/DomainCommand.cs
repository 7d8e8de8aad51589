using System.CommandLine;
using Mail.Core.Domains;
using Mail.Core.Organizations;

namespace Mail.Api.Commands;

internal static class DomainCommand
{
    public static Command Create() => new("domain", "Sending domains.")
    {
        DkimRecord(),
        DomainSetUpCommands.Create(),
        DomainSetUpCommands.Verify(),
        DomainSetUpCommands.List(),
        Switch("disable", "Switches a verified domain off, whoever has it: it cannot be sent from, claimed or added again.",
            (changes, name, token) => changes.DisableAsync(name, token), "No organization owns '{0}', or it is disabled already."),
        Switch("enable", "Lets a disabled domain be verified again.",
            (changes, name, token) => changes.EnableAsync(name, token), "'{0}' is not disabled."),
    };

    /// <summary>A domain as somebody types it, in the form it is kept in.</summary>
    public static string? Normalize(IServiceProvider services, string text, out int refused)
    {
        var (name, problem) = services.GetRequiredService<SendingDomainName>().Read(text);
        refused = name is null ? ApiCommands.Complain(ApiCommands.Refused, $"'{text}': {problem}") : ApiCommands.Done;
        return name;
    }

    private static Command DkimRecord()
    {
        var domain = new Argument<string>("domain") { Description = "The sending domain." };
        var selector = new Argument<string>("selector")
        {
            Description = "The DKIM selector.",
            DefaultValueFactory = _ => DemoSeed.Selector,
        };
        var record = new Command("dkim-record", "Prints the TXT value to publish at <selector>._domainkey.<domain>.") { domain, selector };
        record.SetAction((parsed, cancellationToken) => ApiCommands.WithServicesAsync(services =>
            PrintAsync(services, parsed.GetRequiredValue(domain), parsed.GetRequiredValue(selector), cancellationToken)));
        return record;
    }

    private static Command Switch(
        string verb, string description, Func<DomainChangeStore, string, CancellationToken, Task<bool>> change, string otherwise)
    {
        var domain = new Argument<string>("domain") { Description = "The sending domain." };
        var command = new Command(verb, description) { domain };
        command.SetAction((parsed, cancellationToken) => ApiCommands.WithServicesAsync(async services =>
        {
            if (Normalize(services, parsed.GetRequiredValue(domain), out var refused) is not { } name)
                return refused;
            return await change(services.GetRequiredService<DomainChangeStore>(), name, cancellationToken)
                ? ApiCommands.Done
                : ApiCommands.Complain(ApiCommands.Refused, otherwise.Replace("{0}", name, StringComparison.Ordinal));
        }));
        return command;
    }

    private static async Task<int> PrintAsync(IServiceProvider services, string domain, string selector, CancellationToken cancellationToken)
    {
        var name = domain.TrimEnd('.').ToLowerInvariant();
        if (await services.GetRequiredService<DkimKeyStore>().PublicRecordAsync(name, selector, cancellationToken) is not { } record)
            return ApiCommands.Complain(ApiCommands.Refused, $"No organization has a key '{selector}' for the domain '{name}'.");
        Console.WriteLine(record);
        return ApiCommands.Done;
    }
}
