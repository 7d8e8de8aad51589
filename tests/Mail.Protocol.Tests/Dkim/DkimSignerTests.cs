using System.Buffers;
using System.Text;
using Mail.Protocol.Dkim;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Dkim;

public class DkimSignerTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private const string Message =
        "From: Ada <ada@example.com>\r\nTo: bob@example.net\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\tand more\r\n"
        + "Date: Wed, 04 Mar 2026 05:06:07 +0000\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n"
        + "Content-Type: text/plain; charset=utf-8\r\nList-Unsubscribe: <https://example.com/u/1>\r\n"
        + "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nHello  there \r\n\r\nBye\r\n\r\n";

    public static TheoryData<DkimKeyType, DkimCanonicalization, DkimCanonicalization> Kinds()
    {
        var kinds = new TheoryData<DkimKeyType, DkimCanonicalization, DkimCanonicalization>();
        foreach (var type in Enum.GetValues<DkimKeyType>())
            foreach (var header in Enum.GetValues<DkimCanonicalization>())
                foreach (var body in Enum.GetValues<DkimCanonicalization>())
                    kinds.Add(type, header, body);
        return kinds;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Signed_message_verifies(DkimKeyType type, DkimCanonicalization header, DkimCanonicalization body)
    {
        using var key = DkimKey.Generate(type);
        var signer = new DkimSigner(key, "example.com", "ms1", new() { Header = header, Body = body, Identity = "@mail.example.com" });

        var result = Assert.Single(await Verify(key, Sign(signer, Message)));

        Assert.Equal((DkimStatus.Pass, "example.com", "ms1"), (result.Status, result.Domain, result.Selector));
        Assert.Equal("@mail.example.com", result.Identity);
        Assert.Equal(s_now, result.SignedAt);
    }

    [Theory]
    [InlineData("From: x@example.org\r\n")]
    [InlineData("To: x@example.org\r\n")]
    [InlineData("Cc: x@example.org\r\n")]
    [InlineData("Reply-To: x@example.org\r\n")]
    [InlineData("Subject: other\r\n")]
    [InlineData("Date: Thu, 05 Mar 2026 05:06:07 +0000\r\n")]
    public async Task Added_field_that_people_see_breaks_the_signature(string added)
    {
        using var key = DkimKey.Generate(DkimKeyType.Ed25519);
        var signed = Sign(new DkimSigner(key, "example.com", "ms1"), Message);

        var above = Assert.Single(await Verify(key, Encoding.Latin1.GetBytes(added + Encoding.Latin1.GetString(signed))));

        Assert.Equal(DkimStatus.Fail, above.Status);
    }

    [Fact]
    public void Fields_present_are_signed_and_the_visible_ones_once_more()
    {
        using var key = DkimKey.Generate(DkimKeyType.Ed25519);
        var field = Encoding.ASCII.GetString(new DkimSigner(key, "example.com", "ms1").Sign(Encoding.Latin1.GetBytes(Message), s_now));

        var names = field.Split("h=", 2)[1].Split(';')[0].Replace("\r\n\t ", "").Split(':');
        Assert.Equal(
            ["From", "From", "To", "To", "Cc", "Subject", "Subject", "Date", "Date", "Reply-To", "Message-ID", "MIME-Version",
             "Content-Type", "List-Unsubscribe", "List-Unsubscribe-Post"],
            names);
        Assert.DoesNotContain(" l=", field);
        Assert.All(field.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
    }

    [Fact]
    public async Task Lifetime_ends_the_signature()
    {
        using var key = DkimKey.Generate(DkimKeyType.Ed25519);
        var signed = Sign(new DkimSigner(key, "example.com", "ms1", new() { Lifetime = TimeSpan.FromDays(1) }), Message);

        Assert.Equal(DkimStatus.Pass, Assert.Single(await Verify(key, signed, s_now.AddHours(23))).Status);
        Assert.Equal(DkimStatus.Permerror, Assert.Single(await Verify(key, signed, s_now.AddHours(25))).Status);
    }

    [Fact]
    public async Task Two_signers_make_two_signatures_that_both_hold()
    {
        using var rsa = DkimKey.Generate(DkimKeyType.Rsa);
        using var ed25519 = DkimKey.Generate(DkimKeyType.Ed25519);
        var message = Encoding.Latin1.GetBytes(Message);
        byte[] signed =
        [
            .. new DkimSigner(rsa, "example.com", "r").Sign(message, s_now),
            .. new DkimSigner(ed25519, "example.com", "e").Sign(message, s_now),
            .. message,
        ];
        var resolver = new FakeDnsResolver();
        resolver.Zone.Txt("r._domainkey.example.com", rsa.PublicKeyRecord).Txt("e._domainkey.example.com", ed25519.PublicKeyRecord);

        var results = await new DkimVerifier(resolver, TimeProvider.System).VerifyAsync(signed, CancellationToken.None);

        Assert.Equal([DkimStatus.Pass, DkimStatus.Pass], results.Select(r => r.Status));
    }

    [Fact]
    public async Task Message_in_many_segments_signs_and_verifies_like_one_in_one()
    {
        using var key = DkimKey.Generate(DkimKeyType.Ed25519);
        var signer = new DkimSigner(key, "example.com", "ms1");
        var message = Encoding.Latin1.GetBytes(Message);

        for (var size = 1; size < message.Length; size += 7)
        {
            Assert.Equal(signer.Sign(message, s_now), signer.Sign(Segments.Of(message, size), s_now));
            var results = await Verifier(key, s_now).VerifyAsync(Segments.Of(Sign(signer, Message), size), CancellationToken.None);
            Assert.Equal(DkimStatus.Pass, Assert.Single(results).Status);
        }
    }

    [Theory]
    [InlineData("exa mple.com", "s")]
    [InlineData("example..com", "s")]
    [InlineData("example.com; x=y", "s")]
    [InlineData("example.com", "s\r\nX: y")]
    [InlineData("", "s")]
    [InlineData("example.com", "")]
    public void Names_that_would_break_the_field_are_refused(string domain, string selector)
    {
        using var key = DkimKey.Generate(DkimKeyType.Ed25519);

        Assert.Throws<ArgumentException>(() => new DkimSigner(key, domain, selector));
    }

    [Theory]
    [InlineData("@example.org")]
    [InlineData("example.com")]
    [InlineData("a b@example.com")]
    [InlineData("@badexample.com")]
    public void Identity_outside_of_the_domain_is_refused(string identity)
    {
        using var key = DkimKey.Generate(DkimKeyType.Ed25519);

        Assert.Throws<ArgumentException>(() => new DkimSigner(key, "example.com", "s", new() { Identity = identity }));
    }

    private static byte[] Sign(DkimSigner signer, string message) =>
        [.. signer.Sign(Encoding.Latin1.GetBytes(message), s_now), .. Encoding.Latin1.GetBytes(message)];

    private static Task<IReadOnlyList<DkimResult>> Verify(DkimKey key, byte[] message, DateTimeOffset? now = null) =>
        Verifier(key, now ?? s_now).VerifyAsync(message, CancellationToken.None);

    private static DkimVerifier Verifier(DkimKey key, DateTimeOffset now)
    {
        var resolver = new FakeDnsResolver();
        resolver.Zone.Txt("ms1._domainkey.example.com", key.PublicKeyRecord);
        return new DkimVerifier(resolver, new FixedTime(now));
    }
}

internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}

/// <summary>A sequence of small segments over one array.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> octets, int size)
    {
        var first = new Segments { Memory = octets[..Math.Min(size, octets.Length)] };
        var last = first;
        for (var at = last.Memory.Length; at < octets.Length; at += last.Memory.Length)
        {
            var next = new Segments { Memory = octets.Slice(at, Math.Min(size, octets.Length - at)), RunningIndex = at };
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
