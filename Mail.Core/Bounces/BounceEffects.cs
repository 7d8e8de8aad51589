using Mail.Core.Queue;
using Mail.Core.Suppressions;
using Mail.Protocol.Bounces;
using Npgsql;

namespace Mail.Core.Bounces;

/// <summary>Suppresses the addresses that delivery attempts proved bad, in the transaction that records the attempts.</summary>
internal static class BounceEffects
{
    public static async Task ApplyAsync(NpgsqlConnection connection, List<DeliveryRecord> records, CancellationToken cancellationToken)
    {
        var hard = new List<NewSuppression>();
        var soft = new List<SoftBounce>();
        foreach (var record in records)
        {
            if (!record.IsTelling)
                continue;
            foreach (var result in record.Results)
            {
                if (result is { Outcome: DeliveryOutcome.Bounced, Effect: BounceEffect.Hard })
                    hard.Add(HardBounce(record, result));
                else if (result is { Outcome: DeliveryOutcome.Bounced or DeliveryOutcome.Failed, Effect: BounceEffect.Soft })
                    soft.Add(new SoftBounce(record.Organization, result.Address, AddressKey.OfStored(result.Address), record.Message));
            }
        }
        var repeated = await SoftBounceStatements.CountAsync(connection, soft, cancellationToken);
        await SuppressionStatements.InsertAsync(connection, [.. hard, .. repeated], cancellationToken);
    }

    private static NewSuppression HardBounce(DeliveryRecord record, RecipientResult result) => new(
        record.Organization, result.Address, AddressKey.OfStored(result.Address), SuppressionReason.HardBounce,
        SuppressionSource.BounceProcessor, Message: record.Message);
}
