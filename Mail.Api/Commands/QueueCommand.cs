using System.CommandLine;
using Mail.Core.Queue;

namespace Mail.Api.Commands;

internal static class QueueCommand
{
    private const int DefaultGroups = 50;
    private const int MaxGroups = 10_000;

    public static Command Create()
    {
        var limit = new Option<int>("--limit") { Description = $"So many lines at most, 1 to {MaxGroups}.", DefaultValueFactory = _ => DefaultGroups };
        var status = new Command("status", "Counts what waits, by state, organization and recipient domain, the most first.") { limit };
        status.SetAction((parsed, cancellationToken) => ApiCommands.WithServicesAsync(async services =>
        {
            var queue = services.GetRequiredService<QueueStatusStore>();
            var groups = await queue.CountAsync(Math.Clamp(parsed.GetRequiredValue(limit), 1, MaxGroups), cancellationToken);
            if (groups.Count == 0)
            {
                Console.WriteLine("The queue is empty.");
                return ApiCommands.Done;
            }
            Console.WriteLine($"{"items",10}  {"oldest",12}  {"state",-8}  organization, domain");
            foreach (var group in groups)
                Console.WriteLine($"{group.Items,10}  {group.Oldest,12:d\\.hh\\:mm\\:ss}  {group.State,-8}  {group.OrganizationName}, {group.Domain}");
            var due = await queue.OldestDueAsync(cancellationToken);
            Console.WriteLine(due is { } age ? $"Due and not taken for {age:d\\.hh\\:mm\\:ss}." : "Nothing is overdue.");
            return ApiCommands.Done;
        }));
        return new Command("queue", "The outbound queue.") { status };
    }
}
