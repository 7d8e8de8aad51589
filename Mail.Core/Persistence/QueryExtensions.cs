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

    public static async Task<T?> QuerySingleAsync<T>(
        this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken,
        params object?[] parameters) where T : class
    {
        var rows = await database.QueryAsync(sql, map, cancellationToken, parameters);
        return rows.SingleOrDefault();
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
