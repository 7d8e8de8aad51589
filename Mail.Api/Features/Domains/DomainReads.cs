using Mail.Api.Http;
using Mail.Core.Domains;
using Mail.Core.Domains.Blocklists;
using Mail.Core.Domains.Records;
using Mail.Core.Ids;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Domains;

/// <summary>Shows domains with the state of their records.</summary>
internal static class DomainReads
{
    private static readonly string[] Statuses = [.. Enum.GetValues<DomainStatus>().Select(status => status.ToText())];

    public static async Task<Results<Ok<ListEnvelope<DomainResponse>>, Problem>> ListMail(
        string? status, string? cursor, string? limit, DomainStore domains, DomainRecords records, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<DomainId>(cursor, limit);
        var wanted = fields.OneOf("status", status, Statuses) is { } text ? DomainStatusText.Parse(text) : (DomainStatus?)null;
        if (fields.Problem is { } problem)
            return problem;
        var found = await domains.ListAsync(context.Caller().Organization, wanted, page.After, page.Fetch, cancellationToken);
        return Pages.Mail(found, page, domain => DomainResponse.Of(domain, records), domain => domain.Id);
    }

    public static async Task<Results<Ok<IReadOnlyList<AccountDomainResponse>>, Problem>> ListAccount(
        string? cursor, string? limit, DomainStore domains, DomainRecords records, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<DomainId>(cursor, limit, QueryFields.MaxLimit);
        if (fields.Problem is { } problem)
            return problem;
        var found = await domains.ListAsync(context.Caller().Organization, null, page.After, page.Fetch, cancellationToken);
        return Pages.Account(context, found, page, domain => AccountDomainResponse.Of(domain, records), domain => domain.Id);
    }

    public static async Task<Results<Ok<Envelope<DomainResponse>>, Problem>> GetMail(
        string id, DomainStore domains, DomainRecords records, HttpContext context, CancellationToken cancellationToken) =>
        await FindAsync(id, domains, context, cancellationToken) is { } domain
            ? Envelope.Ok(DomainResponse.Of(domain, records))
            : DomainRefusals.NotFound();

    public static async Task<Results<Ok<AccountDomainResponse>, Problem>> GetAccount(
        string id, DomainStore domains, DomainRecords records, HttpContext context, CancellationToken cancellationToken) =>
        await FindAsync(id, domains, context, cancellationToken) is { } domain
            ? TypedResults.Ok(AccountDomainResponse.Of(domain, records))
            : DomainRefusals.NotFound();

    public static async Task<Results<Ok<BlocklistResponse>, Problem>> Blocklist(
        string id, DomainStore domains, BlocklistCheck lists, TimeProvider clock, HttpContext context, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, domains, context, cancellationToken) is not { } domain)
            return DomainRefusals.NotFound();
        var entries = await lists.RunAsync(domain.Name, cancellationToken);
        return TypedResults.Ok(new BlocklistResponse(domain.Name, entries.Any(entry => entry.Status == BlocklistStatus.Listed), clock.GetUtcNow(),
            [.. entries.Select(BlocklistEntryResponse.Of)]));
    }

    // A text that is no id names nothing: 404, as for an id that nothing has.
    public static Task<SendingDomain?> FindAsync(string id, DomainStore domains, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<DomainId>(id, out var domain)
            ? domains.FindAsync(context.Caller().Organization, domain, cancellationToken)
            : Task.FromResult<SendingDomain?>(null);
}
