using System.CommandLine;
using System.Net;
using Mail.Api.Features.Delivery;
using Mail.Core.Queue;
using Mail.Protocol.Addresses;

namespace Mail.Api.Commands;

/// <summary>The addresses that mail leaves from, as by <c>/internal/delivery/sources</c>.</summary>
internal static class SourceCommand
{
    public static Command Create() => new("sources", "The addresses that mail leaves from.") { List(), Set(), Remove() };

    private static Command List()
    {
        var command = new Command("list", "All sources, with what those that are being warmed up have sent today.");
        command.SetAction((_, token) => ApiCommands.WithServicesAsync(async services =>
        {
            var store = services.GetRequiredService<SourceStore>();
            var used = (await store.UsedAsync(token)).GroupBy(day => day.Source).ToDictionary(
                days => days.Key, days => days.Where(day => day.Day == days.Max(other => other.Day)).ToList());
            foreach (var source in await store.ListAsync(token))
            {
                Console.WriteLine($"{source.Name}  pool {source.Pool}  {source.Address?.ToString() ?? "any address"}  {source.EhloName}  weight {source.Weight}  "
                    + (source.WarmupDay is { } day ? $"warm-up day {day}" : "warm"));
                foreach (var spent in used.GetValueOrDefault(source.Name) ?? [])
                    Console.WriteLine($"  {spent.Day:O}  {spent.Provider}  {spent.Used}");
            }
            return ApiCommands.Done;
        }));
        return command;
    }

    private static Command Set()
    {
        var name = Named();
        var ehlo = new Option<string>("--ehlo") { Description = "What it calls itself in EHLO.", Required = true };
        var address = new Option<string?>("--address") { Description = "The local address to connect from; the system chooses when absent." };
        var pool = new Option<string?>("--pool") { Description = "Its pool; 'default' when absent." };
        var weight = new Option<int?>("--weight") { Description = "Its share of the pool's mail, 1 to 1000; 1 when absent." };
        var warmup = new Option<int?>("--warmup-day") { Description = "Begins its warm-up on this day of the schedule; warm when absent." };
        var command = new Command("set", "Adds a source or replaces it.") { name, ehlo, address, pool, weight, warmup };
        command.SetAction((parsed, token) => ApiCommands.WithServicesAsync(services => SetAsync(services, parsed.GetRequiredValue(name), new SourceRequest
        {
            EhloName = parsed.GetRequiredValue(ehlo),
            Address = parsed.GetValue(address),
            Pool = parsed.GetValue(pool),
            Weight = parsed.GetValue(weight),
            WarmupDay = parsed.GetValue(warmup),
        }, token)));
        return command;
    }

    private static async Task<int> SetAsync(IServiceProvider services, string name, SourceRequest request, CancellationToken cancellationToken)
    {
        if (RouteCommand.ProblemOf(await new SourceValidator().ValidateAsync(request, cancellationToken)) is { } problem)
            return ApiCommands.Complain(ApiCommands.Refused, problem);
        if (RouteEndpoints.ProblemOfSourceName(name) is { } wrong)
            return ApiCommands.Complain(ApiCommands.Refused, wrong);
        DomainName.TryParse(request.EhloName, out var ehloName);
        await services.GetRequiredService<SourceStore>().SaveAsync(new DeliverySource(
            name, request.Pool ?? DeliverySource.DefaultPool, request.Address is { } address ? IPAddress.Parse(address) : null, ehloName!.Ascii,
            request.Weight ?? 1, request.WarmupDay), cancellationToken);
        return ApiCommands.Done;
    }

    private static Command Remove()
    {
        var name = Named();
        var command = new Command("remove", "Removes a source.") { name };
        command.SetAction((parsed, token) => ApiCommands.WithServicesAsync(async services =>
            await services.GetRequiredService<SourceStore>().DeleteAsync(parsed.GetRequiredValue(name), token)
                ? ApiCommands.Done
                : ApiCommands.Complain(ApiCommands.Refused, "There is no such source.")));
        return command;
    }

    private static Argument<string> Named() => new("name") { Description = "The name of a source." };
}
