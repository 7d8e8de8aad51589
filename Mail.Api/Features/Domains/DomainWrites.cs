using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Mail.Core.Ids;
using Mail.Core.Tls;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Domains;

/// <summary>Adds and changes domains.</summary>
internal static class DomainWrites
{
    public static async Task<Results<Created<Envelope<DomainResponse>>, Problem>> CreateMail(
        Body<CreateDomainRequest> body, SendingDomainName names, CreateDomain create, DomainRecords records, HttpContext context,
        CancellationToken cancellationToken) =>
        await CreateAsync(body.Value, names, create, context, cancellationToken) switch
        {
            DomainChange.Done(var domain) =>
                Envelope.Created($"/v1/mail/domains/{domain.Id}", "Domain added; publish its records", DomainResponse.Of(domain, records)),
            var refused => DomainRefusals.Of(refused),
        };

    public static async Task<Results<Created<AccountDomainResponse>, Problem>> CreateAccount(
        Body<CreateDomainRequest> body, SendingDomainName names, CreateDomain create, DomainRecords records, HttpContext context,
        CancellationToken cancellationToken) =>
        await CreateAsync(body.Value, names, create, context, cancellationToken) switch
        {
            DomainChange.Done(var domain) => TypedResults.Created($"/v1/domains/{domain.Id}", AccountDomainResponse.Of(domain, records)),
            var refused => DomainRefusals.Of(refused),
        };

    public static async Task<Results<Ok<Envelope<DomainResponse>>, Problem>> Update(
        string id, Body<UpdateDomainRequest> body, DomainStore domains, DomainRecords records, HttpContext context, CancellationToken cancellationToken)
    {
        if (await DomainReads.FindAsync(id, domains, context, cancellationToken) is not { } domain)
            return DomainRefusals.NotFound();
        var (host, problem) = TrackingHostOf(body.Value.TrackingHost, domain);
        if (problem is not null)
            return Problem.Validation("/trackingHost", FieldCodes.InvalidValue, problem);
        var tls = body.Value.Tls is { } text ? TlsRequirementText.Parse(text) : domain.Tls;
        var changed = await domains.ChangeAsync(domain.Organization, domain.Id, host,
            body.Value.TrackOpens ?? domain.TrackOpens, body.Value.TrackClicks ?? domain.TrackClicks, tls, cancellationToken);
        return changed && await DomainReads.FindAsync(id, domains, context, cancellationToken) is { } now
            ? Envelope.Ok(DomainResponse.Of(now, records))
            : DomainRefusals.NotFound();
    }

    public static async Task<Results<Ok<Envelope<DomainResponse>>, Problem>> Rotate(
        string id, RotateDkim rotate, DomainRecords records, HttpContext context, CancellationToken cancellationToken) =>
        Answer(PrefixedId.TryParse<DomainId>(id, out var domain)
            ? await rotate.RunAsync(context.Caller().Organization, domain, cancellationToken)
            : new DomainChange.NotFound(), records);

    public static async Task<Results<Ok<Envelope<DomainResponse>>, Problem>> Claim(
        string id, ClaimDomain claim, DomainRecords records, HttpContext context, CancellationToken cancellationToken) =>
        Answer(PrefixedId.TryParse<DomainId>(id, out var domain)
            ? await claim.RunAsync(context.Caller().Organization, domain, cancellationToken)
            : new DomainChange.NotFound(), records);

    public static async Task<Results<NoContent, Problem>> Delete(
        string id, DeleteDomain delete, HttpContext context, CancellationToken cancellationToken)
    {
        var change = PrefixedId.TryParse<DomainId>(id, out var domain)
            ? await delete.RunAsync(context.Caller().Organization, domain, cancellationToken)
            : new DomainChange.NotFound();
        return change is DomainChange.Done ? TypedResults.NoContent() : DomainRefusals.Of(change);
    }

    private static Results<Ok<Envelope<DomainResponse>>, Problem> Answer(DomainChange change, DomainRecords records) =>
        change is DomainChange.Done(var domain) ? Envelope.Ok(DomainResponse.Of(domain, records)) : DomainRefusals.Of(change);

    private static Task<DomainChange> CreateAsync(
        CreateDomainRequest request, SendingDomainName names, CreateDomain create, HttpContext context, CancellationToken cancellationToken)
    {
        var subdomain = CreateDomainValidator.SubdomainOf(request);
        var name = names.Read(request.Domain!, subdomain).Name!;
        var tracking = request.Tracking == true ? $"{CreateDomain.DefaultTracking}.{name}" : null;
        var tls = request.Tls is { } text ? TlsRequirementText.Parse(text) : TlsRequirement.Opportunistic;
        return create.RunAsync(context.Caller().Organization, name, subdomain, tracking, tls, cancellationToken);
    }

    private static (string? Host, string? Problem) TrackingHostOf(string? text, SendingDomain domain)
    {
        if (text is null or "")
            return (text is null ? domain.TrackingHost : null, null);
        return domain.TrackingHostOf(text) is { } host
            ? (host, null)
            : (null, $"trackingHost must be a host under {domain.Name}, other than {domain.MailFromHost}.");
    }
}
