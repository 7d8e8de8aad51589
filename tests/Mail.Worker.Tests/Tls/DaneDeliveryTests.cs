using System.Security.Cryptography;
using Mail.Core.Messages;
using Mail.TestKit.Dns;

namespace Mail.Worker.Tests.Tls;

public sealed class DaneDeliveryTests
{
    private static readonly (string, string) _trusted = ("Mail:Dns:TrustAuthenticatedData", "true");

    [Theory]
    [InlineData(Certificate.Good)]
    [InlineData(Certificate.Expired)]
    [InlineData(Certificate.WrongName)]
    [InlineData(Certificate.SelfSigned)]
    public async Task A_record_for_the_key_vouches_for_any_certificate_with_it(Certificate certificate)
    {
        await using var system = await CreateAsync(certificate, isSigned: true);
        AddRecord(system, 3, SHA256.HashData(system.MxCertificate!.PublicKey.ExportSubjectPublicKeyInfo()));
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync();

        await system.Worker.WhenAsync(id, MessageStatus.Sent);
        var attempt = Assert.Single(await system.Worker.AttemptsAsync(id));
        Assert.Equal(("dane", "dane", null), (attempt.TlsPolicy, attempt.TlsVerification, attempt.TlsProblem));
    }

    [Theory]
    [InlineData(Certificate.Good, MessageStatus.Sent)]
    [InlineData(Certificate.Expired, MessageStatus.Deferred)]
    [InlineData(Certificate.WrongName, MessageStatus.Deferred)]
    [InlineData(Certificate.SelfSigned, MessageStatus.Deferred)]
    public async Task A_record_for_an_authority_vouches_for_what_it_issued_for_the_server(Certificate certificate, MessageStatus status)
    {
        await using var system = await CreateAsync(certificate, isSigned: true);
        AddAuthority(system);
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync();

        await system.Worker.WhenAsync(id, status);
        Assert.Equal(status == MessageStatus.Sent ? "accepted" : "dane_policy", Assert.Single(await system.Worker.AttemptsAsync(id)).Cause);
    }

    [Theory]
    [InlineData(Certificate.Good)]
    [InlineData(Certificate.None)]
    [InlineData(Certificate.Refused)]
    [InlineData(Certificate.Broken)]
    public async Task Nothing_is_sent_to_a_server_that_its_record_does_not_vouch_for(Certificate certificate)
    {
        await using var system = await CreateAsync(certificate, isSigned: true);
        AddRecord(system, 3, new byte[32]);
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync();

        await system.Worker.WhenAsync(id, MessageStatus.Deferred);
        Assert.Empty(system.Mx.Messages);
        var attempt = Assert.Single(await system.Worker.AttemptsAsync(id));
        Assert.Equal(("dane_policy", "dane"), (attempt.Cause, attempt.TlsPolicy));
    }

    [Fact]
    public async Task A_policy_that_passes_does_not_mend_a_record_that_fails()
    {
        await using var system = (await CreateAsync(Certificate.Good, isSigned: true)).Publish("enforce");
        AddRecord(system, 3, new byte[32]);
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync();

        await system.Worker.WhenAsync(id, MessageStatus.Deferred);
        Assert.Equal("dane_policy", Assert.Single(await system.Worker.AttemptsAsync(id)).Cause);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Records_prove_nothing_where_dns_is_unsigned_or_not_to_be_believed(bool isSigned, bool isTrusted)
    {
        await using var system = await CreateAsync(Certificate.None, isSigned, isTrusted);
        AddRecord(system, 3, new byte[32]);
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync();

        await system.Worker.WhenAsync(id, MessageStatus.Sent);
        Assert.Equal("opportunistic", Assert.Single(await system.Worker.AttemptsAsync(id)).TlsPolicy);
    }

    [Theory]
    [InlineData(Certificate.SelfSigned, MessageStatus.Sent)]
    [InlineData(Certificate.None, MessageStatus.Deferred)]
    public async Task Records_that_nobody_understands_still_say_that_there_is_tls(Certificate certificate, MessageStatus status)
    {
        await using var system = await CreateAsync(certificate, isSigned: true);
        AddRecord(system, 1, new byte[32]);
        await system.Worker.StartWorkerAsync();

        await system.Worker.WhenAsync(await system.Worker.AcceptAsync(), status);
    }

    [Fact]
    public async Task Mail_waits_while_the_records_of_a_signed_server_cannot_be_looked_up()
    {
        await using var system = await CreateAsync(Certificate.Good, isSigned: true);
        system.Zone.ServFail(RecordName(system));
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync();

        await system.Worker.WhenAsync(id, MessageStatus.Deferred);
        Assert.Equal(0, system.Mx.Connections);
        Assert.Equal(("dane_policy", "route"), await FirstAsync(system, id));
    }

    private static async Task<(string, string)> FirstAsync(TlsSystem system, MessageId id) =>
        (await system.Worker.AttemptsAsync(id))[0] is var attempt ? (attempt.Cause, attempt.Stage) : default;

    private static async Task<TlsSystem> CreateAsync(Certificate certificate, bool isSigned, bool isTrusted = true)
    {
        var system = await TlsSystem.CreateAsync(certificate, settings: isTrusted ? [_trusted] : []);
        system.Zone.IsAuthentic = isSigned;
        return system;
    }

    private static string RecordName(TlsSystem system) => $"_{system.Mx.EndPoint.Port}._tcp.{TlsSystem.MxHost}";

    private static DnsZone AddRecord(TlsSystem system, byte usage, byte[] digest) =>
        system.Zone.Tlsa(RecordName(system), usage, 1, 1, digest);

    // With the whole certificate in the record the server need not send it.
    private static DnsZone AddAuthority(TlsSystem system) =>
        system.Zone.Tlsa(RecordName(system), 2, 0, 0, system.Authority.Authority.RawData);
}
