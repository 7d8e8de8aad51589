using Mail.Api.Http;
using Mail.Core.Inbound;
using Mail.Core.Messages;

namespace Mail.Api.Features.DevInbox;

/// <summary>Which captured mails are asked for, and how long to wait for the first one.</summary>
internal sealed record InboxQuery(InboxFilter Filter, TimeSpan Wait, PageRequest<InboxMessageId> Page)
{
    private const int MaxWords = 10;
    private const int MaxSearchLength = 200;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    public static (InboxQuery? Query, Problem? Problem) Read(InboxQueryTexts texts)
    {
        var fields = new QueryFields();
        var page = fields.Page<InboxMessageId>(texts.Cursor, texts.Limit);
        var filter = new InboxFilter(
            fields.Email("to", texts.To)?.Address, fields.Email("from", texts.From)?.Address, fields.Text("subject", texts.Subject),
            Words(fields.Text("search", texts.Search, MaxSearchLength)), fields.Id<MessageId>("messageId", texts.MessageId),
            fields.Instant("createdFrom", texts.CreatedFrom), fields.Instant("createdTo", texts.CreatedTo));
        var query = new InboxQuery(filter, fields.Span("wait", texts.Wait, MaxWait) ?? TimeSpan.Zero, page);
        return fields.Problem is { } problem ? (null, problem) : (query, null);
    }

    private static IReadOnlyList<string>? Words(string? search) =>
        search?.Split((char[]?)null, MaxWords, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } words ? words : null;
}

/// <summary>The query parameters as they came.</summary>
internal sealed record InboxQueryTexts(
    string? To, string? From, string? Subject, string? Search, string? MessageId, string? CreatedFrom, string? CreatedTo, string? Wait,
    string? Cursor, string? Limit);
