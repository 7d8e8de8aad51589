using Mail.Core.Inbound;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Maintenance;

/// <summary>Looks at the records of inbound domains again, and deletes received mail that is old.</summary>
internal sealed class InboundUpkeep(
    InboundDomainCheckStore domains, CheckInboundDomain check, InboundMessageStore messages, OperatorMailStore operators, DevInboxStore captured,
    IOptions<InboundMailOptions> options)
{
    private const int Together = 8;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    public async Task<int> CheckDomainsAsync(int count, CancellationToken cancellationToken)
    {
        var due = await domains.ClaimDueAsync(count, Lease, cancellationToken);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(due, parallel, async (lease, token) => await check.CheckAsync(lease, token));
        return due.Count;
    }

    public Task<int> DeleteMessagesAsync(int count, CancellationToken cancellationToken) =>
        messages.DeleteOldAsync(options.Value.Retention, count, cancellationToken);

    public Task<int> DeleteOperatorMailAsync(int count, CancellationToken cancellationToken) =>
        operators.DeleteOldAsync(options.Value.OperatorRetention, options.Value.MaxOperatorMails, count, cancellationToken);

    public Task<int> DeleteCapturedAsync(int count, CancellationToken cancellationToken) =>
        captured.DeleteOldAsync(options.Value.DevInboxRetention, count, cancellationToken);
}

internal static class InboundUpkeepServices
{
    // Mail is large: fewer rows at a time than elsewhere.
    private const int Part = 200;
    private const int DomainPart = 32;
    private static readonly TimeSpan DomainInterval = TimeSpan.FromSeconds(30);

    public static void AddInboundUpkeep(this IHostApplicationBuilder builder)
    {
        builder.AddInboundDomains();
        builder.Services.AddSingleton<InboundUpkeep>();
        builder.Services.AddMaintenanceJob<InboundUpkeep>((inbound, _) =>
            new MaintenanceJob("inbound domains", DomainInterval, DomainPart, token => inbound.CheckDomainsAsync(DomainPart, token)));
        Add("received mail", (inbound, token) => inbound.DeleteMessagesAsync(Part, token));
        Add("mail to the operator", (inbound, token) => inbound.DeleteOperatorMailAsync(Part, token));
        Add("captured mail", (inbound, token) => inbound.DeleteCapturedAsync(Part, token));

        void Add(string name, Func<InboundUpkeep, CancellationToken, Task<int>> run) =>
            builder.Services.AddMaintenanceJob<InboundUpkeep>((inbound, options) =>
                new MaintenanceJob(name, options.CleanUpInterval, Part, token => run(inbound, token)));
    }
}
