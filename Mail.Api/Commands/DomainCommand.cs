using System.CommandLine;
using Mail.Core.Domains;
using Mail.Core.Organizations;

namespace Mail.Api.Commands;

internal static class DomainCommand
{
    public static Command Create()
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
        return new Command("domain", "Sending domains.") { record };
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
