using Mail.Core.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Mail.Core.Tls.Reports;

/// <summary>Counts of TLS sessions, and which of them were reported. They belong to no organization.</summary>
public sealed class TlsReportStore(NpgsqlDataSource database)
{
    public async Task AddAsync(IReadOnlyList<TlsSessionCount> counts, CancellationToken cancellationToken)
    {
        // In order, so that two workers do not wait for each other's rows.
        var rows = counts.OrderBy(count => count.ToString(), StringComparer.Ordinal).ToList();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Batched.Command(
            """
            insert into tls_sessions as s (day, domain, policy_type, result, mx_host, mx_address, policy, mx_patterns, sessions)
            select * from unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])
            on conflict (day, domain, policy_type, result, mx_host, mx_address) do update
            set sessions = s.sessions + excluded.sessions, policy = excluded.policy, mx_patterns = excluded.mx_patterns
            """,
            Batched.Array(rows, row => row.Day, NpgsqlDbType.Date), Batched.Texts(rows, row => row.Domain),
            Batched.Texts(rows, row => row.PolicyType), Batched.Texts(rows, row => row.Result), Batched.Texts(rows, row => row.MxHost),
            Batched.Texts(rows, row => row.MxAddress), Batched.Texts(rows, row => row.Policy), Batched.Texts(rows, row => row.MxPatterns),
            Batched.Array(rows, row => row.Sessions, NpgsqlDbType.Bigint)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// A report that is due, for this worker alone for an hour; null when there is none. Reports of a day are spread over
    /// the four hours after it (RFC 8460 §4.1), and tried for a day.
    /// </summary>
    public async Task<(DateOnly Day, string Domain)?> ClaimAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            """
            insert into tls_reports as r (day, domain)
            select s.day, s.domain from tls_sessions s
            left join tls_reports done on done.day = s.day and done.domain = s.domain
            where s.day < (now() at time zone 'UTC')::date
              and (now() at time zone 'UTC') >= s.day + interval '1 day' + make_interval(mins => mod(abs(hashtext(s.domain)::bigint), 240)::int)
              and (done.day is null or done.sent_at is null and done.attempts < 24 and done.claimed_at < now() - interval '1 hour')
            order by s.day, s.domain limit 1
            on conflict (day, domain) do update
            set claimed_at = now(), attempts = r.attempts + 1
            where r.sent_at is null and r.claimed_at < now() - interval '1 hour'
            returning r.day, r.domain
            """,
            row => (row.GetFieldValue<DateOnly>(0), row.GetString(1)), cancellationToken);
        return rows.Count > 0 ? rows[0] : null;
    }

    public Task<List<TlsSessionCount>> CountsAsync(DateOnly day, string domain, CancellationToken cancellationToken) => database.QueryAsync(
        """
        select day, domain, policy_type, result, mx_host, mx_address, policy, mx_patterns, sessions
        from tls_sessions where day = $1 and domain = $2 order by policy_type, sessions desc, result, mx_host, mx_address
        """,
        row => new TlsSessionCount(row.GetFieldValue<DateOnly>(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4),
            row.GetString(5), row.GetString(6), row.GetString(7), row.GetInt64(8)),
        cancellationToken, day, domain);

    public Task SetSentAsync(DateOnly day, string domain, CancellationToken cancellationToken) => database.ExecuteAsync(
        "update tls_reports set sent_at = now() where day = $1 and domain = $2", cancellationToken, day, domain);

    public async Task DeleteOldAsync(CancellationToken cancellationToken)
    {
        await database.ExecuteAsync("delete from tls_sessions where day < (now() at time zone 'UTC')::date - 3", cancellationToken);
        await database.ExecuteAsync("delete from tls_reports where day < (now() at time zone 'UTC')::date - 30", cancellationToken);
    }
}
