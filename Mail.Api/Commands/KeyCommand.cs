using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Mail.Core.ApiKeys;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Protocol.Addresses;

namespace Mail.Api.Commands;

internal static class KeyCommand
{
    private const int MaxName = 200;
    private const int ListPage = 100;

    public static Command Create() => new("key", "API keys.") { Make(), List(), Revoke() };

    /// <summary>Makes a key and prints it, this once.</summary>
    public static async Task<int> CreateAsync(
        IServiceProvider services, OrganizationId organization, NewApiKey wanted, CancellationToken cancellationToken)
    {
        switch (await services.GetRequiredService<ApiKeyRegistry>().CreateAsync(organization, wanted, cancellationToken))
        {
            case CreateKeyOutcome.Created created:
                Console.WriteLine($"api key       {created.Text.Reveal()}");
                Console.Error.WriteLine("The key is shown only now. Keep it where secrets are kept.");
                return ApiCommands.Done;
            case CreateKeyOutcome.NameTaken:
                return ApiCommands.Complain(ApiCommands.Refused, $"There is a key named '{wanted.Name}' already.");
            case CreateKeyOutcome.ExpiryPassed:
                return ApiCommands.Complain(ApiCommands.Refused, "It would be expired already.");
            default:
                throw new UnreachableException();
        }
    }

    private static Command Make()
    {
        var organization = OrganizationCommand.Named();
        var name = new Argument<string>("name") { Description = "The name of the key, unique in the organization." };
        var scopes = new Option<string[]>("--scope") { Description = "A scope; may be given several times. Default full_access.", DefaultValueFactory = _ => [Scopes.FullAccess] };
        var test = new Option<bool>("--test") { Description = "Makes a test key: its mail ends in the dev inbox." };
        var domain = new Option<string?>("--domain") { Description = "The only domain that the key may send from." };
        var expires = new Option<string?>("--expires") { Description = "When it stops working, such as 2027-01-31T00:00:00Z." };
        var create = new Command("create", "Makes a key and prints it once.") { organization, name, scopes, test, domain, expires };
        create.SetAction((parsed, cancellationToken) =>
        {
            var (wanted, complaint) = Read(parsed.GetRequiredValue(name), parsed.GetRequiredValue(scopes), parsed.GetValue(test),
                parsed.GetValue(domain), parsed.GetValue(expires));
            if (wanted is null)
                return Task.FromResult(ApiCommands.Complain(ApiCommands.Refused, complaint!));
            return ApiCommands.WithServicesAsync(async services =>
                await OrganizationCommand.FindAsync(services, parsed.GetRequiredValue(organization), cancellationToken) is { } id
                    ? await CreateAsync(services, id, wanted, cancellationToken)
                    : ApiCommands.Refused);
        });
        return create;
    }

    private static (NewApiKey? Wanted, string? Complaint) Read(string name, string[] scopes, bool test, string? domain, string? expires)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxName || name.Any(char.IsControl))
            return (null, $"A name has 1 to {MaxName} characters and no control characters.");
        if (scopes.FirstOrDefault(scope => !Scopes.All.Contains(scope)) is { } unknown)
            return (null, $"There is no scope '{unknown}', only {string.Join(", ", Scopes.All.Order(StringComparer.Ordinal))}.");
        DomainName? restriction = null;
        if (domain is not null && !DomainName.TryParse(domain, out restriction))
            return (null, $"'{domain}' is no domain name.");
        DateTimeOffset expiry = default;
        if (expires is not null && !DateTimeOffset.TryParse(expires, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out expiry))
            return (null, $"'{expires}' is no time such as 2027-01-31T00:00:00Z.");
        return (new NewApiKey(name, test ? SendingMode.Test : SendingMode.Live, [.. scopes.Distinct()], expires is null ? null : expiry, restriction?.Ascii), null);
    }

    private static Command List()
    {
        var organization = OrganizationCommand.Named();
        var list = new Command("list", "Lists the keys of an organization, newest first, without their secrets.") { organization };
        list.SetAction((parsed, cancellationToken) => ApiCommands.WithServicesAsync(async services =>
        {
            if (await OrganizationCommand.FindAsync(services, parsed.GetRequiredValue(organization), cancellationToken) is not { } id)
                return ApiCommands.Refused;
            ApiKeyId? after = null;
            List<ApiKeyDetails> page;
            do
            {
                page = await services.GetRequiredService<ApiKeyStore>().ListAsync(id, after, ListPage, cancellationToken);
                foreach (var key in page)
                    Console.WriteLine($"{key.Id}  ms_{key.Mode.ToText()}_{key.Prefix}  {StateOf(key),-7}  {key.Name}  {string.Join(' ', key.Scopes)}");
                after = page.LastOrDefault()?.Id;
            }
            while (page.Count == ListPage);
            return ApiCommands.Done;
        }));
        return list;
    }

    private static string StateOf(ApiKeyDetails key) => key.IsActive ? "active" : key.RevokedAt is null ? "expired" : "revoked";

    private static Command Revoke()
    {
        var organization = OrganizationCommand.Named();
        var key = new Argument<string>("key") { Description = "Its id (key_…)." };
        var revoke = new Command("revoke", "Ends a key for good, everywhere within a second.") { organization, key };
        revoke.SetAction((parsed, cancellationToken) => ApiCommands.WithServicesAsync(async services =>
        {
            if (await OrganizationCommand.FindAsync(services, parsed.GetRequiredValue(organization), cancellationToken) is not { } id)
                return ApiCommands.Refused;
            var text = parsed.GetRequiredValue(key);
            if (!PrefixedId.TryParse<ApiKeyId>(text, out var wanted)
                || !await services.GetRequiredService<ApiKeyRegistry>().RevokeAsync(id, wanted, cancellationToken))
                return ApiCommands.Complain(ApiCommands.Refused, $"The organization has no key '{text}'.");
            Console.WriteLine($"{wanted} is revoked.");
            return ApiCommands.Done;
        }));
        return revoke;
    }
}
