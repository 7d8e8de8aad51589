using System.Globalization;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Bounces;

/// <summary>Reads bounces back.</summary>
public sealed class BounceStore(NpgsqlDataSource database)
{
    private const string Columns = "id, message_id, address, type, source, cause, smtp_code, enhanced_code, text, created_at";

    /// <summary>Newest first, those before <paramref name="before"/>.</summary>
    public Task<List<BounceDetails>> ListAsync(
        OrganizationId organization, BounceFilter filter, BounceId? before, int count, CancellationToken cancellationToken)
    {
        var parameters = new List<object?> { organization.Value };
        var sql = new List<string> { $"select {Columns} from bounces where organization_id = $1" };
        Add("id < {0}", before?.Value);
        Add("type = {0}", filter.Type);
        Add("lower(address) = lower({0})", filter.Address);
        Add("message_id = {0}", filter.Message?.Value);
        Add("source = {0}", filter.Source);
        Add("created_at >= {0}", filter.CreatedFrom);
        Add("created_at < {0}", filter.CreatedTo);
        parameters.Add(count);
        var text = string.Join(" and ", sql) + string.Create(CultureInfo.InvariantCulture, $" order by id desc limit ${parameters.Count}");
        return database.QueryBoundedAsync(text, Map, cancellationToken, [.. parameters]);

        void Add(string condition, object? value)
        {
            if (value is null)
                return;
            parameters.Add(value);
            sql.Add(string.Format(CultureInfo.InvariantCulture, condition, "$" + parameters.Count.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private static BounceDetails Map(NpgsqlDataReader row) => new(
        new BounceId(row.GetGuid(0)), new MessageId(row.GetGuid(1)), row.GetString(2), row.GetString(3), row.GetString(4), row.GetStringOrNull(5),
        row.GetValueOrNull<short>(6), row.GetStringOrNull(7), row.GetStringOrNull(8), row.GetFieldValue<DateTimeOffset>(9));
}

/// <summary>Which bounces are asked for; what is null does not matter.</summary>
/// <param name="Type"><c>hard</c>, <c>soft</c> or <c>unknown</c>.</param>
/// <param name="Source">Who told: <c>smtp_log</c>, <c>dsn</c>, <c>manual</c> or <c>internal</c>.</param>
/// <param name="CreatedTo">Those before then.</param>
public sealed record BounceFilter(
    string? Type = null, string? Address = null, MessageId? Message = null, string? Source = null, DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null);

/// <param name="Source">Who told: <c>smtp_log</c>, <c>dsn</c>, <c>manual</c> or <c>internal</c>.</param>
/// <param name="Text">The words of the recipient's side.</param>
public sealed record BounceDetails(
    BounceId Id, MessageId Message, string Address, string Type, string Source, string? Cause, int? SmtpCode, string? EnhancedCode, string? Text,
    DateTimeOffset CreatedAt);
