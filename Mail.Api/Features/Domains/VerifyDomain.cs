using Mail.Api.Http;
using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Domains;

/// <summary>Looks the records of a domain up now.</summary>
internal static class VerifyDomain
{
    public static async Task<Results<Ok<Envelope<DomainResponse>>, Problem>> Mail(
        string id, DomainStore domains, CheckDomain check, DomainProof proof, DomainRecords records, HttpContext context,
        CancellationToken cancellationToken)
    {
        var (domain, problem) = await RunAsync(id, domains, check, proof, context, cancellationToken);
        return domain is not null ? Envelope.Ok(DomainResponse.Of(domain, records)) : problem!;
    }

    public static async Task<Results<Ok<VerifiedDomainResponse>, Problem>> Account(
        string id, DomainStore domains, CheckDomain check, DomainProof proof, HttpContext context, CancellationToken cancellationToken)
    {
        var (domain, problem) = await RunAsync(id, domains, check, proof, context, cancellationToken);
        return domain is not null
            ? TypedResults.Ok(new VerifiedDomainResponse(domain.Id.ToString(), AccountDomainResponse.StatusOf(domain.Status), domain.VerifiedAt))
            : problem!;
    }

    private static async Task<(SendingDomain? Domain, Problem? Problem)> RunAsync(
        string id, DomainStore domains, CheckDomain check, DomainProof proof, HttpContext context, CancellationToken cancellationToken)
    {
        if (await DomainReads.FindAsync(id, domains, context, cancellationToken) is not { } domain)
            return (null, DomainRefusals.NotFound());
        if (domain.DisabledReason is { } reason)
            return (null, Disabled(domain, reason, proof));
        return await check.VerifyAsync(domain.Organization, domain.Id, cancellationToken) switch
        {
            CheckDomainOutcome.HeldByAnother => (null, DomainRefusals.Held(proof.RecordFor(domain.Organization, domain.Name), null)),
            CheckDomainOutcome.Checked when await domains.FindAsync(domain.Organization, domain.Id, cancellationToken) is { } now => (now, null),
            _ => (null, DomainRefusals.NotFound()),
        };
    }

    private static Problem Disabled(SendingDomain domain, DisabledReason reason, DomainProof proof) => reason switch
    {
        DisabledReason.Claimed => DomainRefusals.Held(proof.RecordFor(domain.Organization, domain.Name), null),
        DisabledReason.Operator => DomainRefusals.Of(new DomainChange.Blocked()),
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
