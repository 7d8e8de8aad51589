using System.CommandLine;
using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.RateLimits;

namespace Mail.Api.Commands;

internal static class OrganizationCommand
{
    private const int MaxName = 200;
    private const int ListPage = 100;
    private const string KeyName = "First key";

    public static Command Create() => new("org", "Organizations.")
    {
        Make(), List(), SetSuspended("suspend", true), SetSuspended("resume", false), Limits(),
        SendingCommands.Billing(), SendingCommands.Quota(), SendingCommands.Review(),
    };

    /// <summary>The argument that names an organization: its id or its name.</summary>
    public static Argument<string> Named() => new("organization") { Description = "Its id (org_…) or its name." };

    /// <summary>Null, and a complaint on standard error, when there is none.</summary>
    public static async Task<OrganizationId?> FindAsync(IServiceProvider services, string text, CancellationToken cancellationToken)
    {
        var organizations = services.GetRequiredService<OrganizationStore>();
        var found = PrefixedId.TryParse<OrganizationId>(text, out var id)
            ? (await organizations.FindAsync(id, cancellationToken))?.Id
            : await organizations.FindByNameAsync(text, cancellationToken);
        if (found is null)
            ApiCommands.Complain(ApiCommands.Refused, $"There is no organization '{text}'.");
        return found;
    }

    private static Command Make()
    {
        var name = new Argument<string>("name") { Description = "The name of the organization, 1 to 200 characters." };
        var create = new Command("create", "Makes an organization and a live key with full access, and prints the key once.") { name };
        create.SetAction((parsed, cancellationToken) =>
            ApiCommands.WithServicesAsync(services => CreateAsync(services, parsed.GetRequiredValue(name), cancellationToken)));
        return create;
    }

    private static async Task<int> CreateAsync(IServiceProvider services, string name, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxName || name.Any(char.IsControl))
            return ApiCommands.Complain(ApiCommands.Refused, $"A name has 1 to {MaxName} characters and no control characters.");
        if (await services.GetRequiredService<OrganizationStore>().CreateAsync(name, cancellationToken) is not { } organization)
            return ApiCommands.Complain(ApiCommands.Refused, $"There is an organization '{name}' already.");
        Console.WriteLine($"organization  {organization}");
        return await KeyCommand.CreateAsync(services, organization, new NewApiKey(KeyName, SendingMode.Live, [Scopes.FullAccess]), cancellationToken);
    }

    private static Command List()
    {
        var list = new Command("list", "Lists all organizations, newest first: id, status, usable keys, name.");
        list.SetAction((_, cancellationToken) => ApiCommands.WithServicesAsync(async services =>
        {
            var organizations = services.GetRequiredService<OrganizationStore>();
            OrganizationId? after = null;
            List<OrganizationDetails> page;
            do
            {
                page = await organizations.ListAsync(after, ListPage, cancellationToken);
                foreach (var found in page)
                    Console.WriteLine($"{found.Id}  {(found.IsSuspended ? "suspended" : "active"),-9}  {found.ActiveKeys,3} key(s)  {found.Name}");
                after = page.LastOrDefault()?.Id;
            }
            while (page.Count == ListPage);
            return ApiCommands.Done;
        }));
        return list;
    }

    private static Command SetSuspended(string verb, bool suspended)
    {
        var organization = Named();
        var command = new Command(verb, suspended
            ? "Stops an organization: its keys answer 403 within a second, and what it has queued is held."
            : "Lets a suspended organization go on.") { organization };
        command.SetAction((parsed, cancellationToken) => ApiCommands.WithServicesAsync(async services =>
        {
            if (await FindAsync(services, parsed.GetRequiredValue(organization), cancellationToken) is not { } id)
                return ApiCommands.Refused;
            var suspend = services.GetRequiredService<SuspendOrganization>();
            await (suspended ? suspend.SuspendAsync(id, cancellationToken) : suspend.ResumeAsync(id, cancellationToken));
            Console.WriteLine($"{id} is {(suspended ? "suspended" : "active")}.");
            return ApiCommands.Done;
        }));
        return command;
    }

    private static Command Limits()
    {
        var organization = Named();
        var policy = new Argument<RatePolicy>("policy") { Description = "send, read or write." };
        var perSecond = new Option<int?>("--per-second") { Description = "Requests per second of the organization; as configured when absent." };
        var perKey = new Option<int?>("--per-key") { Description = "Requests per second of each key; as configured when absent." };
        var command = new Command("limit", "Sets the rate limits of one organization; without options they are as configured again.")
        {
            organization, policy, perSecond, perKey,
        };
        command.SetAction((parsed, cancellationToken) => ApiCommands.WithServicesAsync(services => LimitAsync(
            services, parsed.GetRequiredValue(organization),
            new RateLimitOverride(parsed.GetRequiredValue(policy), parsed.GetValue(perSecond), parsed.GetValue(perKey)), cancellationToken)));
        return command;
    }

    private static async Task<int> LimitAsync(IServiceProvider services, string organization, RateLimitOverride limit, CancellationToken cancellationToken)
    {
        const int most = 1_000_000;
        if (limit is { PerSecond: < 1 or > most } or { PerSecondPerKey: < 1 or > most })
            return ApiCommands.Complain(ApiCommands.Refused, $"A limit is a number from 1 to {most}.");
        if (await FindAsync(services, organization, cancellationToken) is not { } id)
            return ApiCommands.Refused;
        await services.GetRequiredService<RateLimitStore>().SetAsync(id, limit, cancellationToken);
        Console.WriteLine($"{id} {limit.Policy.ToText()}: {limit.PerSecond?.ToString() ?? "as configured"}, per key {limit.PerSecondPerKey?.ToString() ?? "as configured"}");
        return ApiCommands.Done;
    }
}
