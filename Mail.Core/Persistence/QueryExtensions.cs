using Npgsql;

namespace Mail.Core.Persistence;

/// <summary>The whole mapper: positional parameters in, one row at a time out.</summary>
internal static class QueryExtensions
{
    public static async Task<List<T>> QueryAsync<T>(
        this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken,
        params object?[] parameters)
    {
        await using var command = database.CreateCommand(sql).With(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(map(reader));
        return rows;
    }

    /// <summary>Within the transaction that is open on the connection.</summary>
    public static async Task<List<T>> QueryAsync<T>(
        this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken,
        params object?[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection).With(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(map(reader));
        return rows;
    }

    public static async Task<T?> QuerySingleAsync<T>(
        this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken,
        params object?[] parameters) where T : class
    {
        var rows = await database.QueryAsync(sql, map, cancellationToken, parameters);
        return rows.SingleOrDefault();
    }

    /// <summary>For lists whose filters may find little in much: the server itself ends what takes longer than a reader waits.</summary>
    /// <exception cref="PostgresException">With <see cref="PostgresErrorCodes.QueryCanceled"/> when it took too long.</exception>
    public static async Task<List<T>> QueryBoundedAsync<T>(
        this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken,
        params object?[] parameters)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(QueryStatements.LimitTime));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        foreach (var parameter in parameters)
            batch.BatchCommands[1].Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(map(reader));
        return rows;
    }

    public static async Task<int> ExecuteAsync(
        this NpgsqlDataSource database, string sql, CancellationToken cancellationToken, params object?[] parameters)
    {
        await using var command = database.CreateCommand(sql).With(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static NpgsqlCommand With(this NpgsqlCommand command, params object?[] parameters)
    {
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter ?? DBNull.Value);
        return command;
    }

    public static string? GetStringOrNull(this NpgsqlDataReader reader, int ordinal) =>
        reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    public static T? GetValueOrNull<T>(this NpgsqlDataReader reader, int ordinal) where T : struct =>
        reader.IsDBNull(ordinal) ? null : reader.GetFieldValue<T>(ordinal);
}
