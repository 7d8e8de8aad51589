using System.Security.Cryptography;
using System.Text;
using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Mail.Core.Ids;
using Mail.Core.Organizations;
using Mail.Core.Secrets;
using Mail.Protocol.Dns;
using Microsoft.Extensions.Options;

namespace Mail.Core.Inbound;

/// <summary>The records that an inbound domain needs: its mail leads here, and the organization shows that the name is its own.</summary>
public sealed class InboundDomainRecords(SecretBox secrets, IOptions<MailHostOptions> host)
{
    private const string Label = "_mail-inbound.";
    private const string Prefix = "mail-inbound=";
    private const int MacLength = 20;

    // Published values outlive a rotation: each key that is known makes a valid one.
    private readonly IReadOnlyList<byte[]> _keys = secrets.DeriveKeys("inbound-domain");

    public IReadOnlyList<ExpectedRecord> Of(OrganizationId organization, string name) =>
        [.. Mx(name), Proof(_keys[0], organization, name)];

    /// <summary>The proofs that count, the newest first.</summary>
    internal IEnumerable<ExpectedRecord> ProofsOf(OrganizationId organization, string name) =>
        _keys.Select(key => Proof(key, organization, name));

    internal IReadOnlyList<ExpectedRecord> Mx(string name) =>
        [new ExpectedRecord(RecordPurpose.Inbound, DnsRecordType.Mx, name, $"10 {host.Value.Name}", IsRequired: true)];

    // An HMAC over organization and name: nobody's proof is worth anything to anybody else.
    private static ExpectedRecord Proof(byte[] key, OrganizationId organization, string name) => new(
        RecordPurpose.Ownership, DnsRecordType.Txt, Label + name,
        Prefix + Base32.Write(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{organization}/{name}")).AsSpan(0, MacLength)), IsRequired: true);
}
