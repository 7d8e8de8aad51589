using System.CommandLine;
using Mail.Core.ApiKeys;
using Mail.Core.Organizations;

namespace Mail.Api.Commands;

internal static class OrganizationCommand
{
    private const int MaxName = 200;
    private const string KeyName = "First key";

    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The name of the organization, 1 to 200 characters." };
        var create = new Command("create", "Makes an organization and a live key with full access, and prints the key once.") { name };
        create.SetAction((parsed, cancellationToken) =>
            ApiCommands.WithServicesAsync(services => CreateAsync(services, parsed.GetRequiredValue(name), cancellationToken)));
        return new Command("org", "Organizations.") { create };
    }

    private static async Task<int> CreateAsync(IServiceProvider services, string name, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxName || name.Any(char.IsControl))
            return ApiCommands.Complain(ApiCommands.Refused, $"A name has 1 to {MaxName} characters and no control characters.");
        if (await services.GetRequiredService<OrganizationStore>().CreateAsync(name, cancellationToken) is not { } organization)
            return ApiCommands.Complain(ApiCommands.Refused, $"There is an organization '{name}' already.");
        var key = ApiKeyText.Generate(SendingMode.Live);
        if (!await services.GetRequiredService<ApiKeyStore>().CreateAsync(organization, KeyName, key, [Scopes.FullAccess], cancellationToken))
            return ApiCommands.Complain(ApiCommands.Failed, $"Organization {organization} was made, its key was not: the prefix is taken.");
        Console.WriteLine($"organization  {organization}");
        Console.WriteLine($"api key       {key.Reveal()}");
        Console.Error.WriteLine("The key is shown only now. Keep it where secrets are kept.");
        return ApiCommands.Done;
    }
}
