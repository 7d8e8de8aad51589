using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Protocol.Dns;
using Mail.Protocol.Smtp;
using Mail.TestKit.Smtp;

namespace Mail.Protocol.Tests.Smtp.Client;

public sealed class DaneVerifierTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TestCertificates _root = new();
    private readonly TestCertificates _authority;
    private readonly X509Certificate2 _leaf;

    public DaneVerifierTests()
    {
        _authority = new TestCertificates(parent: _root);
        _leaf = _authority.Issue("mx.test");
    }

    public void Dispose()
    {
        _leaf.Dispose();
        _authority.Dispose();
        _root.Dispose();
    }

    // RFC 7672 §3.1.3, RFC 6698 §4.1
    [Theory]
    [InlineData(0, 0, 1, 32, false)]
    [InlineData(1, 1, 1, 32, false)]
    [InlineData(2, 0, 1, 32, true)]
    [InlineData(3, 1, 1, 32, true)]
    [InlineData(3, 1, 2, 64, true)]
    [InlineData(3, 1, 0, 10, true)]
    [InlineData(3, 1, 0, 0, false)]
    [InlineData(3, 1, 1, 31, false)]
    [InlineData(3, 1, 2, 32, false)]
    [InlineData(3, 2, 1, 32, false)]
    [InlineData(3, 1, 3, 32, false)]
    [InlineData(4, 1, 1, 32, false)]
    public void Usable_records_are_those_smtp_can_use(byte usage, byte selector, byte matching, int length, bool usable) =>
        Assert.Equal(usable, DaneVerifier.IsUsable(new TlsaRecord(usage, selector, matching, new byte[length])));

    [Fact]
    public void End_entity_needs_neither_name_nor_validity()
    {
        using var expired = _authority.Issue("other.test", expired: true);
        Assert.True(Matches([EndEntity(expired)], expired, []));
        Assert.False(Matches([EndEntity(_leaf)], expired, []));
    }

    [Fact]
    public void Trust_anchor_needs_name_validity_and_chain()
    {
        var anchor = Anchor(_authority.Authority);
        using var expired = _authority.Issue("mx.test", expired: true);
        using var misnamed = _authority.Issue("mx2.test");
        using var foreign = new TestCertificates();
        using var stranger = foreign.Issue("mx.test");
        Assert.True(Matches([anchor], _leaf, [_authority.Authority]));
        Assert.True(Matches([Anchor(_root.Authority)], _leaf, [_authority.Authority, _root.Authority]));
        Assert.False(Matches([anchor], _leaf, [])); // the server did not send the anchor
        Assert.False(Matches([anchor], expired, [_authority.Authority]));
        Assert.False(Matches([anchor], misnamed, [_authority.Authority]));
        // The anchor is there, but the certificate is not below it.
        Assert.False(Matches([anchor], stranger, [_authority.Authority, foreign.Authority]));
    }

    [Fact]
    public void Full_trust_anchor_need_not_be_sent() =>
        Assert.True(Matches([new TlsaRecord(2, 0, 0, _authority.Authority.RawData)], _leaf, []));

    [Fact]
    public void One_matching_record_among_others_is_enough() => Assert.True(Matches(
        [new TlsaRecord(3, 1, 1, new byte[32]), new TlsaRecord(0, 0, 0, new byte[1]), new TlsaRecord(2, 0, 0, new byte[5]), EndEntity(_leaf)], _leaf, []));

    private static bool Matches(TlsaRecord[] records, X509Certificate2 certificate, X509Certificate2[] presented) =>
        DaneVerifier.Matches(records, certificate, presented, ["mx.test", "test"], Now);

    private static TlsaRecord EndEntity(X509Certificate2 certificate) =>
        new(3, 1, 1, SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    private static TlsaRecord Anchor(X509Certificate2 certificate) => new(2, 0, 2, SHA512.HashData(certificate.RawData));
}
