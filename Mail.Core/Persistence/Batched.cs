using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Persistence;

/// <summary>Statements whose parameters are columns: one array per column, one row per element.</summary>
internal static class Batched
{
    public static NpgsqlBatchCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    public static NpgsqlParameter Uuids<T>(List<T> rows, Func<T, Guid> value) => Array(rows, value, NpgsqlDbType.Uuid);

    public static NpgsqlParameter Texts<T>(List<T> rows, Func<T, string?> value) => Array(rows, value, NpgsqlDbType.Text);

    public static NpgsqlParameter Array<T, TValue>(List<T> rows, Func<T, TValue> value, NpgsqlDbType element) =>
        new() { Value = rows.ConvertAll(row => value(row)), NpgsqlDbType = NpgsqlDbType.Array | element };
}
