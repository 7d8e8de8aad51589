using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Domains;
using Mail.Core.Ids;
using Mail.Core.Inbound;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Mail.Api.Features.Inbound;

/// <summary>Domains that receive mail.</summary>
internal static class InboundDomains
{
    public static async Task<Results<Created<Envelope<InboundDomainResponse>>, Problem>> Create(
        Body<CreateInboundDomainRequest> body, SendingDomainName names, InboundDomainStore domains, InboundDomainRecords records,
        IOptions<InboundMailOptions> options, HttpContext context, CancellationToken cancellationToken)
    {
        var name = names.Read(body.Value.Domain!).Name!;
        return await domains.CreateAsync(context.Caller().Organization, name, options.Value.MaxDomains, cancellationToken) is { } domain
            ? Envelope.Created($"/v1/mail/inbound/domains/{domain.Id}", "Inbound domain added; publish its records", InboundDomainResponse.Of(domain, records))
            : new Problem(ProblemKind.Conflict, "Your organization has this inbound domain already, or as many as it may have.");
    }

    public static async Task<Results<Ok<ListEnvelope<InboundDomainResponse>>, Problem>> List(
        string? cursor, string? limit, InboundDomainStore domains, InboundDomainRecords records, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<InboundDomainId>(cursor, limit);
        if (fields.Problem is { } problem)
            return problem;
        var found = await domains.ListAsync(context.Caller().Organization, page.After, page.Fetch, cancellationToken);
        return Pages.Mail(found, page, domain => InboundDomainResponse.Of(domain, records), domain => domain.Id);
    }

    public static async Task<Results<Ok<Envelope<InboundDomainResponse>>, Problem>> Get(
        string id, InboundDomainStore domains, InboundDomainRecords records, HttpContext context, CancellationToken cancellationToken) =>
        await FindAsync(id, domains, context, cancellationToken) is { } domain
            ? Envelope.Ok(InboundDomainResponse.Of(domain, records))
            : NotFound();

    public static async Task<Results<Ok<Envelope<InboundDomainResponse>>, Problem>> Verify(
        string id, InboundDomainStore domains, CheckInboundDomain check, InboundDomainRecords records, HttpContext context,
        CancellationToken cancellationToken)
    {
        if (!PrefixedId.TryParse<InboundDomainId>(id, out var domain))
            return NotFound();
        return await check.VerifyAsync(context.Caller().Organization, domain, cancellationToken) is CheckDomainOutcome.HeldByAnother
            ? new Problem(ProblemKind.Conflict, "Another organization receives the mail of this domain.")
            : await Get(id, domains, records, context, cancellationToken);
    }

    public static async Task<Results<NoContent, Problem>> Delete(
        string id, InboundDomainStore domains, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<InboundDomainId>(id, out var domain)
        && await domains.DeleteAsync(context.Caller().Organization, domain, cancellationToken)
            ? TypedResults.NoContent()
            : NotFound();

    private static Task<InboundDomain?> FindAsync(string id, InboundDomainStore domains, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<InboundDomainId>(id, out var domain)
            ? domains.FindAsync(context.Caller().Organization, domain, cancellationToken)
            : Task.FromResult<InboundDomain?>(null);

    private static Problem NotFound() => Problem.NotFound("inbound domain");
}
