using System.Security.Cryptography;
using System.Text;
using Mail.Core.Domains.Records;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Secrets;
using Mail.Protocol.Dns;

namespace Mail.Core.Domains;

/// <summary>
/// The TXT record by which an organization proves that it controls a domain that another one has here. Its value is an
/// HMAC over organization and name: nothing has to be kept, and nobody's proof is worth anything to anybody else.
/// </summary>
public sealed class DomainProof(SecretBox secrets, DnsRecordCheck dns)
{
    private const string Label = "_mail-claim.";
    private const string Prefix = "mail-claim=";
    private const int MacLength = 20;

    private readonly IReadOnlyList<byte[]> _keys = secrets.DeriveKeys("domain-claim");

    public ExpectedRecord RecordFor(OrganizationId organization, string domain) => Record(_keys[0], organization, domain);

    /// <summary>Whether the proof is published.</summary>
    public async Task<RecordFinding> CheckAsync(OrganizationId organization, string domain, CancellationToken cancellationToken)
    {
        RecordFinding? first = null;
        foreach (var key in _keys)
        {
            var finding = await dns.CheckAsync(Record(key, organization, domain), domain, cancellationToken);
            if (finding.Status == RecordStatus.Verified)
                return finding;
            first ??= finding;
        }
        return first!;
    }

    private static ExpectedRecord Record(byte[] key, OrganizationId organization, string domain)
    {
        var mac = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{organization}/{domain}")).AsSpan(0, MacLength);
        return new ExpectedRecord(RecordPurpose.Ownership, DnsRecordType.Txt, Label + domain, Prefix + Base32.Write(mac), IsRequired: true);
    }
}
