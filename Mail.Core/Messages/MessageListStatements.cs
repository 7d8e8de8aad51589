using System.Globalization;
using Mail.Core.Organizations;

namespace Mail.Core.Messages;

/// <summary>
/// The statement that lists messages, newest first. What finds few among many has an index and leads: a recipient, what
/// is under way, what did not go well. The other filters are checked on the way down.
/// </summary>
internal static class MessageListStatements
{
    /// <summary>A worker holds a live lease on one of the message's queue rows.</summary>
    public const string UnderLease =
        """
        exists (select from delivery_queue q where q.organization_id = m.organization_id and q.message_id = m.id
                and q.leased_by is not null and q.due_at > now())
        """;

    /// <summary>Selects the columns organization_id and id of one page, and its parameters.</summary>
    public static (string Sql, object?[] Parameters) Page(OrganizationId organization, MessageFilter filter, MessageId? before, int count)
    {
        var parameters = new List<object?> { organization.Value };
        var below = before is { } last ? " and {0} < " + Next(last.Value) : "";
        var conditions = string.Concat(Conditions(filter, Next).Select(condition => " and " + condition));
        var limit = Next(count);
        var sql = Leading(filter, below, Next) is { } leading
            ? $"""
               select m.organization_id, m.id from ({leading}) found
               cross join lateral (select * from messages where organization_id = $1 and id = found.message_id offset 0) m
               where true{conditions} order by found.message_id desc limit {limit}
               """
            : $"""
               select m.organization_id, m.id from messages m
               where m.organization_id = $1{string.Format(CultureInfo.InvariantCulture, below, "m.id")}{conditions} order by m.id desc limit {limit}
               """;
        return (sql, [.. parameters]);

        string Next(object value)
        {
            parameters.Add(value);
            return "$" + parameters.Count.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static string? Leading(MessageFilter filter, string below, Func<object, string> next)
    {
        var behind = string.Format(CultureInfo.InvariantCulture, below, "message_id");
        if (filter.To is { } to)
            return $"select distinct message_id from message_recipients where organization_id = $1 and lower(address) = {next(to.ToLowerInvariant())}{behind} order by message_id desc";
        if (filter.Status is MessageStatus.Queued or MessageStatus.Sending or MessageStatus.Deferred)
            return $"select distinct message_id from delivery_queue where organization_id = $1{behind} order by message_id desc";
        return null;
    }

    private static IEnumerable<string> Conditions(MessageFilter filter, Func<object, string> next)
    {
        if (filter.Status is { } status)
            yield return Condition(status);
        if (filter.From is { } from)
            yield return $"lower(m.from_address) = {next(from.ToLowerInvariant())}";
        if (filter.Domain is { } domain)
            yield return $"lower(split_part(m.from_address, '@', -1)) = {next(domain)}";
        // What a hidden subject says must not be found out by asking.
        if (filter.Subject is { } subject)
            yield return $"not m.sensitive and strpos(lower(m.subject), lower({next(subject)})) > 0";
        if (filter.Tag is { } tag)
            yield return TagCondition(tag, next);
        if (filter.Template is { } template)
            yield return $"m.template_id = {next(template.Value)}";
        if (filter.Mode is { } mode)
            yield return $"m.mode = {next(mode.ToText())}";
        // An id is made shortly before its message is stored, by the clock of another machine.
        if (filter.CreatedFrom?.ToUniversalTime() is { } start)
            yield return string.Format(CultureInfo.InvariantCulture, "m.created_at >= {0} and m.id >= uuid_at({0} - interval '1 hour')", next(start));
        if (filter.CreatedTo?.ToUniversalTime() is { } end)
            yield return string.Format(CultureInfo.InvariantCulture, "m.created_at < {0} and m.id < uuid_at({0} + interval '1 hour')", next(end));
    }

    // What is rare has a column of its own, and an index.
    private static string Condition(MessageStatus status) => status switch
    {
        MessageStatus.Sending => $"m.settled_at is null and {UnderLease}",
        MessageStatus.Queued or MessageStatus.Deferred => $"m.status = '{status.ToText()}' and not {UnderLease}",
        MessageStatus.Sent => "m.status = 'sent'",
        _ => $"m.rare_status = '{status.ToText()}'",
    };

    // A name may have a colon in it, so the whole text is tried as a name too.
    private static string TagCondition(string tag, Func<object, string> next) => tag.IndexOf(':', StringComparison.Ordinal) is var colon and > 0
        ? $"(m.tags ? {next(tag)} or m.tags ->> {next(tag[..colon])} = {next(tag[(colon + 1)..])})"
        : $"m.tags ? {next(tag)}";
}
