using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Npgsql;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>Looks into the tables for what the API does not tell.</summary>
public sealed class MailDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    private MailDatabase(NpgsqlDataSource source) => _source = source;

    public static async Task<MailDatabase> OpenAsync(DistributedApplication app) =>
        new(NpgsqlDataSource.Create((await app.GetConnectionStringAsync("maildb"))!));

    public Task<long> QueuedAsync() => ScalarAsync("select count(*) from delivery_queue");

    /// <summary>Messages whose delivery is not over, whatever the queue says.</summary>
    public Task<long> UnsettledAsync() => ScalarAsync("select count(*) from messages where settled_at is null");

    public Task<long> MessagesAsync() => ScalarAsync("select count(*) from messages");

    /// <summary>The process that holds most items of the queue; null when none holds any.</summary>
    public async Task<int?> BusiestWorkerAsync() => (await ReadAsync<int?>(
        """
        select reverse(split_part(reverse(leased_by), '-', 2))::int from delivery_queue
        where leased_by is not null group by leased_by order by count(*) desc limit 1
        """,
        row => row.GetInt32(0))).SingleOrDefault();

    /// <summary>The recipients of the messages that a worker process holds.</summary>
    public async Task<HashSet<string>> HeldByAsync(int process) => [.. await ReadAsync(
        $"""
        select r.address from delivery_queue q
        join message_recipients r on r.organization_id = q.organization_id and r.message_id = q.message_id
        where q.leased_by like '%-{process}-____'
        """,
        row => row.GetString(0))];

    public async ValueTask DisposeAsync() => await _source.DisposeAsync();

    private async Task<long> ScalarAsync(string sql) => (await ReadAsync(sql, row => row.GetInt64(0)))[0];

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var command = _source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(read(reader));
        return rows;
    }
}
