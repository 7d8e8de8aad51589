using System.Globalization;
using Mail.Api.Http;
using Mail.Core.Domains;
using Mail.Core.Domains.Records;

namespace Mail.Api.Features.Domains;

/// <summary>What a change of a domain answers when it is refused.</summary>
internal static class DomainRefusals
{
    public static Problem Of(DomainChange change) => change switch
    {
        DomainChange.NotFound => NotFound(),
        DomainChange.AlreadyThere => Conflict("Your organization has this domain already."),
        DomainChange.HeldByAnother held => Held(held.Proof, held.Finding),
        DomainChange.Blocked => Conflict("The domain was disabled by the operator of this service."),
        DomainChange.TooMany many => Conflict(string.Create(CultureInfo.InvariantCulture, $"An organization has at most {many.Max} domains.")),
        DomainChange.NotNow not => Conflict(not.Why),
        DomainChange.Done => throw new ArgumentOutOfRangeException(nameof(change)),
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };

    public static Problem NotFound() => Problem.NotFound("domain");

    public static Problem Conflict(string detail) => new(ProblemKind.Conflict, detail);

    public static Problem Held(ExpectedRecord proof, RecordFinding? finding) => new(ProblemKind.Conflict,
        "Another organization owns this domain. To take it over, publish the TXT record of 'proof' and repeat the request."
        + (finding is { Status: RecordStatus.Failed or RecordStatus.Pending, Explanation: { } why } ? $" {why}" : ""))
    {
        Proof = new ProofRecord(proof.Type.ToText(), proof.Name, proof.Value),
    };
}
