using Mail.Core.Messages;
using Npgsql;

namespace Mail.Core.Batches;

/// <summary>The item that is committed with its message.</summary>
public sealed record BatchItemCompanion(BatchId Batch, int Ordinal, string? Address) : AcceptCompanion
{
    internal override NpgsqlBatchCommand Insert(IReadOnlyList<CompanionRow> rows) => BatchStatements.Items(rows);
}
