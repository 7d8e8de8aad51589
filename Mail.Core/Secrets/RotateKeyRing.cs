namespace Mail.Core.Secrets;

/// <summary>
/// Seals everything again with the newest master key. It may be stopped and started at any time: what is done already
/// is not looked at again.
/// </summary>
public sealed class RotateKeyRing(SealedColumnStore store, IEnumerable<SealedColumn> columns)
{
    private const int BatchSize = 200;

    /// <summary>What was done, column by column.</summary>
    public async IAsyncEnumerable<KeyRingReport> RunAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken, int batchSize = BatchSize)
    {
        foreach (var column in columns)
        {
            var report = new KeyRingReport(column.Name, 0, 0);
            object[]? last = null;
            do
            {
                var batch = await store.ResealAsync(column, last, batchSize, cancellationToken);
                report = report with { Resealed = report.Resealed + batch.Resealed, Unreadable = report.Unreadable + batch.Unreadable };
                last = batch.Last;
            }
            while (last is not null);
            yield return report;
        }
    }
}

/// <param name="Unreadable">Values that no key of the ring opens; they were left alone.</param>
public sealed record KeyRingReport(string Name, int Resealed, int Unreadable);
