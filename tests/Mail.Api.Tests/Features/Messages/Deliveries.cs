using Mail.Core.Messages;
using Mail.Core.Queue;
using Mail.Protocol.Bounces;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.Messages;

/// <summary>What a worker does to a message, without a worker.</summary>
internal static class Deliveries
{
    /// <summary>Leases what waits of the tenant for the recipients' domain.</summary>
    public static async Task<DeliveryJob> ClaimAsync(this Tenant tenant, string id, string domain = "recipient.test")
    {
        var lane = new QueueLane((short)DeliveryPriority.Normal, tenant.Organization, domain);
        var jobs = await tenant.Queue().ClaimAsync("test", [new LaneClaim(lane, 1000)], TimeSpan.FromMinutes(10), CancellationToken.None);
        return jobs.Single(job => job.Message.ToString() == id);
    }

    /// <summary>Records one outcome for all recipients of the job. Returns whether the lease still held.</summary>
    public static async Task<bool> RecordAsync(
        this Tenant tenant, DeliveryJob job, DeliveryOutcome outcome, int code, string enhanced, string reply, string? conversation = null,
        BounceEffect effect = BounceEffect.None)
    {
        var now = TimeProvider.System.GetUtcNow();
        var open = job.Open.ToList();
        var record = new DeliveryRecord
        {
            Lease = job.Lease, Organization = job.Organization, Message = job.Message, Mode = job.Mode, SenderDomain = job.SenderDomain, AttemptNumber = 1, Worker = "test",
            StartedAt = now, EndedAt = now.AddMilliseconds(5), CoversMessage = open.Count == job.Recipients.Count,
            RetryIn = outcome == DeliveryOutcome.Deferred ? TimeSpan.FromMinutes(5) : null, Conversation = conversation,
            Results = [.. open.Select(recipient => new RecipientResult(
                recipient.Ordinal, recipient.Address, outcome, "end_of_data", "reply", "mx.recipient.test", "192.0.2.1",
                "TLS 1.3", "TLS_AES_256_GCM_SHA384", code, enhanced, reply) { Effect = effect })],
        };
        return (await tenant.Queue().RecordAsync([record], CancellationToken.None)).Count == 1;
    }

    private static QueueStore Queue(this Tenant tenant) => tenant.Application.Services.GetRequiredService<QueueStore>();
}
