using System.Text;
using System.Text.Json.Nodes;
using Mail.Protocol.Dkim;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Dkim;

public sealed class DkimPeerTests : IDisposable
{
    private const string Domain = "example.com";
    private static readonly DateTimeOffset s_now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private readonly DkimKey _rsa = DkimKey.Generate(DkimKeyType.Rsa);
    private readonly DkimKey _ed25519 = DkimKey.Generate(DkimKeyType.Ed25519);
    private readonly string _folder = Directory.CreateTempSubdirectory("dkim-peers").FullName;

    public void Dispose()
    {
        _rsa.Dispose();
        _ed25519.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static readonly DkimCanonicalization[] s_both = Enum.GetValues<DkimCanonicalization>();

    [Fact]
    public async Task Python_verifies_what_we_sign()
    {
        var signed = OurSignedMessages(RandomMessages.Create, [_rsa, _ed25519]);

        var answers = await DkimPeers.Python(signed.Select(s => DkimPeers.Job("verify", s.Message, Record(s.Key))));

        AssertAll(signed.Select(s => s.Name), answers, "pass");
    }

    [Fact]
    public async Task Opendkim_verifies_what_we_sign()
    {
        var signed = OurSignedMessages(RandomMessages.CreateTerminated, [_rsa]);

        var answers = await DkimPeers.Opendkim(signed.Select(s => DkimPeers.Job("verify", s.Message, Record(s.Key))), _folder);

        AssertAll(signed.Select(s => s.Name), answers, "pass");
    }

    [Fact]
    public Task We_verify_what_python_signs() => VerifyTheirs(RandomMessages.Create, DkimPeers.Python);

    [Fact]
    public Task We_verify_what_opendkim_signs() => VerifyTheirs(RandomMessages.CreateTerminated, jobs => DkimPeers.Opendkim(jobs, _folder));

    [Fact]
    public async Task We_and_python_agree_on_changed_messages()
    {
        var random = new Random(6376);
        var changed = OurSignedMessages(RandomMessages.Create, [_ed25519]).SelectMany(s => Enumerable.Range(0, 6).Select(_ => Change(s.Message, random)))
            .Where(message => !HasBareCr(message)).ToArray();

        var theirs = await DkimPeers.Python(changed.Select(message => DkimPeers.Job("verify", message, Record(_ed25519))));

        for (var i = 0; i < changed.Length; i++)
        {
            // It refuses to read a header with a blank before the colon, which RFC 6376 §3.4.2 tells how to take.
            if (theirs[i].Contains("MessageFormatError"))
                continue;
            var ours = await Verify(_ed25519, changed[i]);
            var passes = ours.Count > 0 && ours[0].Status == DkimStatus.Pass;
            Assert.True(passes == (theirs[i] == "pass"), $"{theirs[i]}, {(ours.Count > 0 ? ours[0] : null)}\n{Encoding.Latin1.GetString(changed[i])}");
        }
    }

    /// <summary>python3-dkim takes a CR of its own for white space; RFC 6376 §2.8 does not.</summary>
    private static bool HasBareCr(byte[] message) =>
        message.Index().Any(entry => entry.Item == '\r' && (entry.Index + 1 == message.Length || message[entry.Index + 1] != '\n'));

    /// <summary>One octet more, less or other, mostly of the kind that canonicalisation cares for.</summary>
    private static byte[] Change(byte[] message, Random random)
    {
        var at = random.Next(message.Length);
        ReadOnlySpan<byte> octets = " \t\r\nax;=:"u8;
        var octet = octets[random.Next(octets.Length)];
        return random.Next(3) switch
        {
            0 => [.. message[..at], octet, .. message[at..]],
            1 => [.. message[..at], .. message[(at + 1)..]],
            _ => [.. message[..at], octet, .. message[(at + 1)..]],
        };
    }

    private async Task VerifyTheirs(Func<int, byte[]> create, Func<IEnumerable<JsonObject>, Task<string[]>> sign)
    {
        var cases = (from seed in Enumerable.Range(0, 25) from header in s_both from body in s_both
                     select (Message: create(seed), Header: Word(header), Body: Word(body), Length: seed % 5 == 0)).ToArray();
        var answers = await sign(cases.Select(c => SignJob(c.Message, c.Header, c.Body, c.Length)));

        for (var i = 0; i < cases.Length; i++)
        {
            Assert.False(answers[i].StartsWith("error") || answers[i].StartsWith("fail"), answers[i]);
            byte[] signed = [.. Convert.FromBase64String(answers[i]), .. cases[i].Message];
            var result = Assert.Single(await Verify(_rsa, signed));
            Assert.True(result.Status == DkimStatus.Pass, $"{cases[i].Header}/{cases[i].Body} {result.Reason}\n{Encoding.UTF8.GetString(signed)}");
        }
    }

    private (string Name, byte[] Message, DkimKey Key)[] OurSignedMessages(Func<int, byte[]> create, DkimKey[] keys) =>
    [
        .. from seed in Enumerable.Range(0, 30)
           from key in keys
           from header in s_both
           from body in s_both
           let message = create(seed)
           let signer = new DkimSigner(key, Domain, "ms1", new() { Header = header, Body = body })
           select ($"{seed} {key.Type} {header}/{body}", (byte[])[.. signer.Sign(message, s_now), .. message], key),
    ];

    private JsonObject SignJob(byte[] message, string header, string body, bool length)
    {
        var job = DkimPeers.Job("sign", message);
        (job["selector"], job["domain"], job["key"], job["algorithm"]) = ("ms1", Domain, Pem(_rsa), "rsa-sha256");
        (job["header"], job["body"], job["length"]) = (header, body, length);
        return job;
    }

    private static void AssertAll(IEnumerable<string> names, string[] answers, string expected) =>
        Assert.Equal(names.Select(name => (name, expected)), names.Zip(answers));

    private static Task<IReadOnlyList<DkimResult>> Verify(DkimKey key, byte[] message)
    {
        var resolver = new FakeDnsResolver();
        resolver.Zone.Txt(Record(key).Name, key.PublicKeyRecord);
        return new DkimVerifier(resolver, TimeProvider.System).VerifyAsync(message, CancellationToken.None);
    }

    private static (string Name, string Record) Record(DkimKey key) => ($"ms1._domainkey.{Domain}", key.PublicKeyRecord);

    private static string Word(DkimCanonicalization canonicalization) => canonicalization.ToString().ToLowerInvariant();

    private static string Pem(DkimKey key) =>
        new(System.Security.Cryptography.PemEncoding.Write("PRIVATE KEY", key.ExportPkcs8()));
}
