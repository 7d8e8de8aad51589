using Mail.Api.Http;
using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Templates;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Messages;

/// <summary>Lists messages, newest first, in the form of each surface.</summary>
internal static class ListMessages
{
    private const int AccountDefault = 50;
    private const int AccountMax = 200;
    private static readonly string[] _statuses = [.. Enum.GetValues<MessageStatus>().Select(status => status.ToText())];

    public static async Task<Results<Ok<ListEnvelope<MessageResponse>>, Problem>> Mail(
        string? status, string? to, string? from, string? subject, string? tag, string? domain, string? template, string? createdFrom,
        string? createdTo, string? cursor, string? limit, MessageStore messages, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<MessageId>(cursor, limit);
        var filter = new MessageFilter(
            fields.OneOf("status", status, _statuses) is { } known ? MessageStatusText.Parse(known) : null, fields.Email("to", to)?.Address,
            fields.Email("from", from)?.Address, fields.Text("subject", subject), fields.Text("tag", tag),
            fields.Text("domain", domain)?.ToLowerInvariant(), fields.Id<TemplateId>("template", template), Mode: null,
            fields.Instant("createdFrom", createdFrom), fields.Instant("createdTo", createdTo));
        if (fields.Problem is { } problem)
            return problem;
        var rows = await messages.ListAsync(context.Caller().Organization, filter, page.After, page.Fetch, cancellationToken);
        return Pages.Mail(rows, page, MessageResponse.Of, row => row.Id);
    }

    public static async Task<Results<Ok<IReadOnlyList<EmailResponse>>, Problem>> Emails(
        string? cursor, string? limit, MessageStore messages, IOptions<MailHostOptions> host, HttpContext context,
        CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<MessageId>(cursor, limit);
        if (fields.Problem is { } problem)
            return problem;
        var rows = await messages.ListAsync(context.Caller().Organization, new MessageFilter(), page.After, page.Fetch, cancellationToken);
        return Pages.Account(context, rows, page, row => EmailResponse.Of(row, host.Value.Name), row => row.Id);
    }

    public static async Task<Results<Ok<IReadOnlyList<AccountMessageResponse>>, Problem>> Account(
        string? test, string? cursor, string? limit, MessageStore messages, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<MessageId>(cursor, limit, AccountDefault, AccountMax);
        SendingMode? mode = fields.Flag("test", test) is { } isTest ? isTest ? SendingMode.Test : SendingMode.Live : null;
        if (fields.Problem is { } problem)
            return problem;
        var rows = await messages.ListAsync(
            context.Caller().Organization, new MessageFilter(Mode: mode), page.After, page.Fetch, cancellationToken);
        return Pages.Account(context, rows, page, AccountMessageResponse.Of, row => row.Id);
    }
}
