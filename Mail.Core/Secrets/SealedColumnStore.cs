using System.Globalization;
using System.Security.Cryptography;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Secrets;

/// <summary>Finds what older keys sealed, and seals it again. It reads across organizations.</summary>
public sealed class SealedColumnStore(NpgsqlDataSource database, SecretBox secrets)
{
    /// <summary>
    /// Seals up to <paramref name="count"/> values again with the newest key, in one transaction, beginning behind the
    /// given row. A value that no key opens stays as it is.
    /// </summary>
    internal async Task<ResealedBatch> ResealAsync(SealedColumn column, object[]? after, int count, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = await ReadAsync(connection, column, after, count, cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var row in rows)
        {
            if (Reseal(row) is { } resealed)
                batch.BatchCommands.Add(Update(column, row.Key, resealed));
        }
        var done = batch.BatchCommands.Count;
        if (done > 0)
            await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ResealedBatch(done, rows.Count - done, rows.Count < count ? null : rows[^1].Key);
    }

    private async Task<List<SealedRow>> ReadAsync(
        NpgsqlConnection connection, SealedColumn column, object[]? after, int count, CancellationToken cancellationToken)
    {
        var keys = string.Join(", ", column.Keys);
        var behind = after is null
            ? ""
            : $"and ({keys}) > ({string.Join(", ", after.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"${i + 3}")))})";
        await using var command = new NpgsqlCommand(
            $"""
            select {keys}, {column.Column} from {column.Table}
            where substring({column.Column} from 1 for octet_length($1)) <> $1 {behind}
            order by {keys} limit $2
            for update
            """, connection);
        command.With([secrets.SealedHeader, count, .. after ?? []]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<SealedRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = Enumerable.Range(0, column.Keys.Count).Select(reader.GetValue).ToArray();
            rows.Add(new SealedRow(key, column.Context(reader), reader.GetFieldValue<byte[]>(column.Keys.Count)));
        }
        return rows;
    }

    private byte[]? Reseal(SealedRow row)
    {
        try
        {
            var secret = secrets.Open(row.Value, row.Context);
            var resealed = secrets.Seal(secret, row.Context);
            CryptographicOperations.ZeroMemory(secret);
            return resealed;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static NpgsqlBatchCommand Update(SealedColumn column, object[] key, byte[] value)
    {
        var matches = string.Join(" and ", column.Keys.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"{name} = ${i + 2}")));
        var command = new NpgsqlBatchCommand($"update {column.Table} set {column.Column} = $1 where {matches}");
        foreach (var parameter in key.Prepend(value))
            command.Parameters.AddWithValue(parameter);
        return command;
    }

    private sealed record SealedRow(object[] Key, string Context, byte[] Value);
}

/// <param name="Last">The last row looked at; null when there are no further ones.</param>
internal sealed record ResealedBatch(int Resealed, int Unreadable, object[]? Last);
