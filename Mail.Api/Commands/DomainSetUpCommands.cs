using System.CommandLine;
using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Mail.Core.Organizations;
using Mail.Core.Tls;

namespace Mail.Api.Commands;

/// <summary>The commands that do for an organization what it could do by the API.</summary>
internal static class DomainSetUpCommands
{
    private const int PageSize = 100;

    public static Command Create() => OfDomain("create", "Adds a domain to an organization and prints the records to publish.", CreateAsync);

    public static Command Verify() => OfDomain("verify", "Looks the records of an organization's domain up now.", VerifyAsync);

    public static Command List()
    {
        var organization = Organization();
        var command = new Command("list", "Prints the domains of an organization: name, status, id.") { organization };
        command.SetAction((parsed, cancellationToken) => ApiCommands.WithServicesAsync(services =>
            ListAsync(services, parsed.GetRequiredValue(organization), cancellationToken)));
        return command;
    }

    private static Command OfDomain(
        string verb, string description, Func<IServiceProvider, OrganizationId, string, CancellationToken, Task<int>> run)
    {
        var organization = Organization();
        var domain = new Argument<string>("domain") { Description = "The sending domain." };
        var command = new Command(verb, description) { organization, domain };
        command.SetAction((parsed, cancellationToken) => ApiCommands.WithServicesAsync(async services =>
        {
            if (DomainCommand.Normalize(services, parsed.GetRequiredValue(domain), out var refused) is not { } name)
                return refused;
            return await FindAsync(services, parsed.GetRequiredValue(organization), cancellationToken) is { } id
                ? await run(services, id, name, cancellationToken)
                : ApiCommands.Refused;
        }));
        return command;
    }

    private static Argument<string> Organization() => new("organization") { Description = "The name of the organization." };

    private static async Task<OrganizationId?> FindAsync(IServiceProvider services, string name, CancellationToken cancellationToken)
    {
        var organization = await services.GetRequiredService<OrganizationStore>().FindByNameAsync(name, cancellationToken);
        if (organization is null)
            ApiCommands.Complain(ApiCommands.Refused, $"There is no organization '{name}'.");
        return organization;
    }

    private static async Task<int> CreateAsync(IServiceProvider services, OrganizationId organization, string name, CancellationToken cancellationToken)
    {
        switch (await services.GetRequiredService<CreateDomain>()
            .RunAsync(organization, name, SendingDomainName.DefaultMailFrom, trackingHost: null, TlsRequirement.Opportunistic, cancellationToken))
        {
            case DomainChange.Done(var domain):
                Print(services, domain);
                return ApiCommands.Done;
            case DomainChange.HeldByAnother held:
                return ApiCommands.Complain(ApiCommands.Refused,
                    $"Another organization owns '{name}'. To take it over, publish TXT {held.Proof.Name} \"{held.Proof.Value}\" and repeat.");
            case DomainChange.AlreadyThere:
                return ApiCommands.Complain(ApiCommands.Refused, $"The organization has '{name}' already.");
            case DomainChange.Blocked:
                return ApiCommands.Complain(ApiCommands.Refused, $"'{name}' is disabled.");
            case DomainChange.TooMany many:
                return ApiCommands.Complain(ApiCommands.Refused, $"An organization has at most {many.Max} domains.");
            case var other:
                throw new InvalidOperationException($"No outcome of adding a domain: {other}.");
        }
    }

    private static async Task<int> VerifyAsync(IServiceProvider services, OrganizationId organization, string name, CancellationToken cancellationToken)
    {
        var domains = services.GetRequiredService<DomainStore>();
        if (await domains.FindByNameAsync(organization, name, cancellationToken) is not { } domain)
            return ApiCommands.Complain(ApiCommands.Refused, $"The organization has no domain '{name}'.");
        var outcome = await services.GetRequiredService<CheckDomain>().VerifyAsync(organization, domain.Id, cancellationToken);
        if (outcome is CheckDomainOutcome.NotFound)
            return ApiCommands.Complain(ApiCommands.Refused, $"'{name}' is disabled.");
        var now = await domains.FindByNameAsync(organization, name, cancellationToken) ?? domain;
        Print(services, now);
        return now.Status == DomainStatus.Verified ? ApiCommands.Done
            : ApiCommands.Complain(ApiCommands.Refused, outcome is CheckDomainOutcome.HeldByAnother
                ? $"Another organization owns '{name}'." : $"'{name}' is {now.Status.ToText()}.");
    }

    private static async Task<int> ListAsync(IServiceProvider services, string organizationName, CancellationToken cancellationToken)
    {
        if (await FindAsync(services, organizationName, cancellationToken) is not { } organization)
            return ApiCommands.Refused;
        var domains = services.GetRequiredService<DomainStore>();
        for (List<SendingDomain> page = []; ;)
        {
            page = await domains.ListAsync(organization, null, page.Count == 0 ? null : page[^1].Id, PageSize, cancellationToken);
            foreach (var domain in page)
                Console.WriteLine($"{domain.Name}  {domain.Status.ToText()}  {domain.Id}");
            if (page.Count < PageSize)
                return ApiCommands.Done;
        }
    }

    private static void Print(IServiceProvider services, SendingDomain domain)
    {
        Console.WriteLine($"{domain.Name}  {domain.Status.ToText()}  {domain.Id}");
        foreach (var (record, check) in services.GetRequiredService<DomainRecords>().WithChecks(domain))
        {
            var status = (check?.Status ?? RecordStatus.Pending).ToText();
            Console.WriteLine($"{status}  {record.Type.ToText()}  {record.Name}  {record.Value}{(record.IsRequired ? "" : "  (not required)")}");
            if (check?.Explanation is { } explanation)
                Console.WriteLine($"    {explanation}");
        }
    }
}
