using System.Text.Json;
using Mail.Core.Events;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Tls;
using Npgsql;

namespace Mail.Core.Domains;

/// <summary>What the stores of domains share.</summary>
internal static class DomainStatements
{
    /// <summary>A whole domain with its keys, from <c>domains d</c>.</summary>
    public const string Columns =
        """
        d.organization_id, d.id, d.name, d.status, d.disabled_reason, d.mail_from_subdomain, d.tracking_host, d.track_opens,
        d.track_clicks, d.created_at, d.verified_at, d.last_checked_at, d.checks, d.tls, k.selectors, k.records, k.actives, k.retiring
        """;

    public const string Keys =
        """
        cross join lateral (
            select array_agg(selector order by created_at, selector) selectors, array_agg(public_record order by created_at, selector) records,
                   array_agg(active order by created_at, selector) actives, array_agg(retires_at order by created_at, selector) retiring
            from dkim_keys where organization_id = d.organization_id and domain_id = d.id
        ) k
        """;

    /// <summary>Who owns a name: see the index domains_owner.</summary>
    public const string IsOwner =
        "(d.status in ('verified', 'failed') or d.status = 'disabled' and d.disabled_reason is distinct from 'claimed')";

    public static SendingDomain Map(NpgsqlDataReader row) => new()
    {
        Organization = new OrganizationId(row.GetGuid(0)),
        Id = new DomainId(row.GetGuid(1)),
        Name = row.GetString(2),
        Status = DomainStatusText.Parse(row.GetString(3)),
        DisabledReason = row.GetString(3) == "disabled" ? DomainStatusText.ParseReason(row.GetStringOrNull(4)) : null,
        MailFromSubdomain = row.GetString(5),
        TrackingHost = row.GetStringOrNull(6),
        TrackOpens = row.GetBoolean(7),
        TrackClicks = row.GetBoolean(8),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(9),
        VerifiedAt = row.GetValueOrNull<DateTimeOffset>(10),
        LastCheckedAt = row.GetValueOrNull<DateTimeOffset>(11),
        Checks = row.IsDBNull(12) ? [] : JsonSerializer.Deserialize(row.GetString(12), DomainJson.Default.IReadOnlyListRecordCheck)!,
        Tls = TlsRequirementText.Parse(row.GetString(13)),
        Keys = row.IsDBNull(14) ? [] : ReadKeys(row),
    };

    /// <summary>
    /// Lets one transaction at a time decide about who owns a name. Taken before any row of it is locked.
    /// </summary>
    public static async Task LockNameAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('domain/' || $1, 0))", connection).With(name);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<DomainOwner?> FindOwnerAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select d.organization_id, d.id, d.status from domains d where d.name = $1 and {IsOwner}", connection).With(name);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? MapOwner(reader) : null;
    }

    public static DomainOwner MapOwner(NpgsqlDataReader row) =>
        new(new OrganizationId(row.GetGuid(0)), new DomainId(row.GetGuid(1)), DomainStatusText.Parse(row.GetString(2)));

    /// <summary>Takes the name from an owner: another organization has proven that it controls the domain.</summary>
    public static NpgsqlBatchCommand Dispossess(DomainOwner owner) => Command(
        """
        update domains set status = 'disabled', disabled_reason = 'claimed', next_check_at = null, failures = 0, failing_since = null,
            check_token = check_token + 1, return_path_verified = false, tracking_verified = false
        where organization_id = $1 and id = $2
        """,
        owner.Organization.Value, owner.Domain.Value);

    public static NpgsqlBatchCommand Command(string sql, params object?[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter ?? DBNull.Value);
        return command;
    }

    public static async Task ExecuteAsync(
        NpgsqlConnection connection, IEnumerable<NpgsqlBatchCommand> commands, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        if (events.Count > 0)
            batch.BatchCommands.Add(EventStatements.Append([.. events]));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DkimSelector[] ReadKeys(NpgsqlDataReader row)
    {
        var selectors = row.GetFieldValue<string[]>(14);
        var records = row.GetFieldValue<string[]>(15);
        var actives = row.GetFieldValue<bool[]>(16);
        var retiring = row.GetFieldValue<DateTimeOffset?[]>(17);
        return [.. selectors.Select((selector, i) => new DkimSelector(selector, records[i], actives[i], retiring[i]))];
    }
}

/// <summary>Who owns a name.</summary>
internal sealed record DomainOwner(OrganizationId Organization, DomainId Domain, DomainStatus Status)
{
    /// <summary>The operator switched the domain off: nobody can take the name.</summary>
    public bool IsBlocked => Status == DomainStatus.Disabled;
}
