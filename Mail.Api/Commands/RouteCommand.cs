using System.CommandLine;
using FluentValidation.Results;
using Mail.Api.Features.Delivery;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Core.Secrets;
using Mail.Protocol.Addresses;

namespace Mail.Api.Commands;

/// <summary>Routes of the operator's choice, as by <c>/internal/delivery/routes</c>.</summary>
internal static class RouteCommand
{
    private static readonly Option<string?> Organization = new("--organization") { Description = "The id of an organization; of every one when absent." };
    private static readonly Option<string?> Domain = new("--domain") { Description = "A recipient domain; every one when absent." };

    public static Command Create() => new("routes", "Where mail goes instead of its MX hosts, and which pool of sources it leaves from.")
    {
        List(), Set(), Remove(),
    };

    private static Command List()
    {
        var command = new Command("list", "All routes, the most special first: that is the one that is taken.");
        command.SetAction((_, token) => ApiCommands.WithServicesAsync(async services =>
        {
            foreach (var route in await services.GetRequiredService<RouteStore>().ListAsync(token))
                Console.WriteLine($"{route.Organization?.ToString() ?? "every organization"}  {route.Domain ?? "every domain"}  "
                    + $"relay {route.Relay ?? "-"} {route.RelayTls} {(route.RelayUser is { } user ? $"as {user} " : "")} pool {route.Pool ?? DeliverySource.DefaultPool}");
            return ApiCommands.Done;
        }));
        return command;
    }

    private static Command Set()
    {
        var relay = new Option<string?>("--relay") { Description = "host:port; as without this route when absent." };
        var tls = new Option<string?>("--tls") { Description = "opportunistic (when absent), required, verified, implicit or disabled." };
        var user = new Option<string?>("--user") { Description = "User name at the relay; the password is read from standard input." };
        var pool = new Option<string?>("--pool") { Description = "The sources to leave from; those of the default pool when absent." };
        var command = new Command("set", "Adds the route of an organization, a recipient domain, both or neither, or replaces it.")
        {
            Organization, Domain, relay, tls, user, pool,
        };
        command.SetAction((parsed, token) => ApiCommands.WithServicesAsync(services => SetAsync(services, new RouteRequest
        {
            OrganizationId = parsed.GetValue(Organization),
            Domain = parsed.GetValue(Domain),
            Relay = parsed.GetValue(relay),
            Tls = parsed.GetValue(tls),
            User = parsed.GetValue(user),
            // Not as an argument: everybody on the machine could read it there.
            Password = parsed.GetValue(user) is null ? null : Console.ReadLine(),
            Pool = parsed.GetValue(pool),
        }, token)));
        return command;
    }

    private static async Task<int> SetAsync(IServiceProvider services, RouteRequest request, CancellationToken cancellationToken)
    {
        if (ProblemOf(await new RouteValidator().ValidateAsync(request, cancellationToken)) is { } problem)
            return ApiCommands.Complain(ApiCommands.Refused, problem);
        await services.GetRequiredService<RouteStore>().SaveAsync(new RouteOverride(
            PrefixedId.TryParse<OrganizationId>(request.OrganizationId, out var organization) ? organization : null,
            DomainName.TryParse(request.Domain, out var domain) ? domain.Ascii : null, request.Relay, request.Tls, request.User,
            request.Password is { } password ? new Secret(password) : null, request.Pool), cancellationToken);
        return ApiCommands.Done;
    }

    private static Command Remove()
    {
        var command = new Command("remove", "Removes the route of exactly this organization and domain.") { Organization, Domain };
        command.SetAction((parsed, token) => ApiCommands.WithServicesAsync(async services =>
        {
            var (id, name) = (parsed.GetValue(Organization), parsed.GetValue(Domain));
            var organization = PrefixedId.TryParse<OrganizationId>(id, out var found) ? found : (OrganizationId?)null;
            if (id is not null && organization is null)
                return ApiCommands.Complain(ApiCommands.Refused, "That is no id.");
            return await services.GetRequiredService<RouteStore>()
                .DeleteAsync(organization, DomainName.TryParse(name, out var domain) ? domain.Ascii : name, token)
                ? ApiCommands.Done
                : ApiCommands.Complain(ApiCommands.Refused, "There is no such route.");
        }));
        return command;
    }

    /// <summary>What is wrong, in one line; null when nothing is.</summary>
    internal static string? ProblemOf(ValidationResult result) =>
        result.IsValid ? null : string.Join(' ', result.Errors.Select(error => error.ErrorMessage));
}
