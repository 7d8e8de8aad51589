using Mail.Api.Http;
using Mail.Core.Inbound;

namespace Mail.Api.Features.DevInbox;

/// <summary>Which captured mails are asked for, and how long to wait for the first one.</summary>
/// <param name="To">The envelope recipient, as stored.</param>
internal sealed record InboxQuery(string? To, string? Subject, TimeSpan Wait, InboxMessageId? Before, int Limit)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    public static (InboxQuery? Query, Problem? Problem) Read(string? to, string? subject, string? wait, string? cursor, string? limit)
    {
        var fields = new QueryFields();
        var page = fields.Page<InboxMessageId>(cursor, limit);
        var query = new InboxQuery(fields.Email("to", to)?.Address, fields.Text("subject", subject),
            fields.Span("wait", wait, MaxWait) ?? TimeSpan.Zero, page.After, page.Limit);
        return fields.Problem is { } problem ? (null, problem) : (query, null);
    }
}
