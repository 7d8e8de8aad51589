using Mail.Api.Http;
using Mail.Core.Ids;
using Mail.Core.Suppressions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Suppressions;

internal static class ReadSuppressions
{
    public static async Task<Results<Ok<ListEnvelope<SuppressionResponse>>, Problem>> ListMail(
        string? email, string? reason, string? source, string? createdFrom, string? createdTo, string? cursor, string? limit,
        SuppressionStore suppressions, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<SuppressionId>(cursor, limit);
        var filter = Filter(fields, email, reason, source, createdFrom, createdTo);
        if (fields.Problem is { } problem)
            return problem;
        var rows = await suppressions.ListAsync(context.Caller().Organization, filter, page.After, page.Fetch, cancellationToken);
        return Pages.Mail(rows, page, SuppressionResponse.Of, row => row.Id);
    }

    public static async Task<Results<Ok<IReadOnlyList<SuppressionResponse>>, Problem>> ListAccount(
        string? email, string? reason, string? source, string? createdFrom, string? createdTo, string? cursor, string? limit,
        SuppressionStore suppressions, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<SuppressionId>(cursor, limit);
        var filter = Filter(fields, email, reason, source, createdFrom, createdTo);
        if (fields.Problem is { } problem)
            return problem;
        var rows = await suppressions.ListAsync(context.Caller().Organization, filter, page.After, page.Fetch, cancellationToken);
        return Pages.Account(context, rows, page, SuppressionResponse.Of, row => row.Id);
    }

    public static async Task<Results<Ok<Envelope<SuppressionResponse>>, Problem>> GetMail(
        string id, SuppressionStore suppressions, HttpContext context, CancellationToken cancellationToken) =>
        await FindAsync(id, suppressions, context, cancellationToken) is { } found
            ? Envelope.Ok(SuppressionResponse.Of(found))
            : Problem.NotFound("suppression");

    public static async Task<Results<Ok<SuppressionResponse>, Problem>> GetAccount(
        string id, SuppressionStore suppressions, HttpContext context, CancellationToken cancellationToken) =>
        await FindAsync(id, suppressions, context, cancellationToken) is { } found
            ? TypedResults.Ok(SuppressionResponse.Of(found))
            : Problem.NotFound("suppression");

    private static SuppressionFilter Filter(
        QueryFields fields, string? email, string? reason, string? source, string? createdFrom, string? createdTo) => new(
        fields.Email("email", email), fields.OneOf("reason", reason, SuppressionTexts.Reasons),
        fields.OneOf("source", source, SuppressionTexts.Sources), fields.Instant("createdFrom", createdFrom),
        fields.Instant("createdTo", createdTo));

    private static Task<Suppression?> FindAsync(
        string id, SuppressionStore suppressions, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<SuppressionId>(id, out var suppression)
            ? suppressions.FindAsync(context.Caller().Organization, suppression, cancellationToken)
            : Task.FromResult<Suppression?>(null);
}
