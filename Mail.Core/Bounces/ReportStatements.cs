using System.Text.Json;
using System.Text.Json.Serialization;
using Mail.Core.Analytics;
using Mail.Core.Events;
using Mail.Protocol.Bounces;
using Npgsql;

namespace Mail.Core.Bounces;

/// <summary>The statements of <see cref="ReportStore"/>.</summary>
internal static class ReportStatements
{
    /// <summary>Runs in one go. Returns whether anything changed.</summary>
    public static async Task<bool> ExecuteAsync(
        this NpgsqlConnection connection, IEnumerable<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        return await batch.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    public static IEnumerable<NpgsqlBatchCommand> InsertBounce(ReportedMessage recipient, BounceReport report) =>
    [
        Command(
            """
            insert into bounces (organization_id, id, message_id, recipient, address, type, source, cause, smtp_code, enhanced_code, text)
            values ($1, uuidv7(), $2, $3, $4, $5, $6, $7::text, $8::smallint, $9::text, $10::text)
            on conflict (organization_id, message_id, recipient) do nothing
            """,
            recipient.Organization.Value, recipient.Message.Value, recipient.Ordinal, recipient.Address, report.Effect.ToType(),
            report.Source.ToText(), report.Cause, (short?)report.SmtpCode, report.EnhancedCode, report.Text),
    ];

    public static IEnumerable<NpgsqlBatchCommand> InsertComplaint(ReportedMessage recipient, ComplaintReport report) =>
    [
        Command(
            """
            insert into complaints (organization_id, id, message_id, recipient, address, feedback_type, source)
            values ($1, uuidv7(), $2, $3, $4, $5::text, $6)
            on conflict (organization_id, message_id, recipient) do nothing
            """,
            recipient.Organization.Value, recipient.Message.Value, recipient.Ordinal, recipient.Address, report.FeedbackType,
            report.Source.ToText()),
    ];

    /// <summary>sent → bounced, or the end of what was still open; the message follows.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Bounce(ReportedMessage recipient, BounceReport report)
    {
        yield return Command(
            """
            update message_recipients
            set status = 'bounced', settled_at = now(), next_attempt_at = null, smtp_code = $4::smallint, enhanced_code = $5::text,
                reply = $6::text
            where message_id = $1 and organization_id = $2 and ordinal = $3 and (status = 'sent' or settled_at is null)
            """,
            recipient.Message.Value, recipient.Organization.Value, recipient.Ordinal, (short?)report.SmtpCode, report.EnhancedCode,
            report.Text);
        yield return Command(
            """
            update messages set status = item.status,
                settled_at = case when item.status not in ('scheduled', 'queued', 'deferred') then coalesce(settled_at, now()) end
            from (select message_status($1, $2) as status) item
            where organization_id = $1 and id = $2
            """,
            recipient.Organization.Value, recipient.Message.Value);
        var data = new BounceEventData(
            recipient.Address, report.Effect.ToType(), report.Source.ToText(), report.Cause, report.SmtpCode, report.EnhancedCode, report.Text);
        yield return EventStatements.Append([NewEvent.OfMessage(
            recipient.Organization, EventTypes.MessageBounced, recipient.Message,
            JsonSerializer.Serialize(data, BounceJson.Default.BounceEventData))]);
        yield return AnalyticsStatements.Count(
            [new AnalyticsFact(recipient.Organization, recipient.Message, recipient.RecipientDomain, report.Effect.ToMetric())]);
        if (recipient.IsTelling && report.Effect == BounceEffect.Hard)
            yield return BounceStatements.Hours([new SendingCount(recipient.Organization, recipient.Domain, 0, 1, 0)]);
    }

    public static IEnumerable<NpgsqlBatchCommand> Complain(ReportedMessage recipient, ComplaintReport report)
    {
        var data = new ComplaintEventData(recipient.Address, report.Source.ToText(), report.FeedbackType);
        yield return EventStatements.Append([NewEvent.OfMessage(
            recipient.Organization, EventTypes.MessageComplained, recipient.Message,
            JsonSerializer.Serialize(data, BounceJson.Default.ComplaintEventData))]);
        yield return AnalyticsStatements.Count(
            [new AnalyticsFact(recipient.Organization, recipient.Message, recipient.RecipientDomain, Metric.Complained)]);
        if (recipient.IsTelling)
            yield return BounceStatements.Hours([new SendingCount(recipient.Organization, recipient.Domain, 0, 0, 1)]);
    }

    private static NpgsqlBatchCommand Command(string sql, params object?[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
        return command;
    }
}

internal sealed record BounceEventData(
    string Recipient, string BounceType, string Source, string? Cause, int? SmtpCode, string? EnhancedCode, string? Reply);

internal sealed record ComplaintEventData(string Recipient, string Source, string? FeedbackType);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BounceEventData))]
[JsonSerializable(typeof(ComplaintEventData))]
internal sealed partial class BounceJson : JsonSerializerContext;
