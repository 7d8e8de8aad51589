using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Mail.Protocol.Dkim;

namespace Mail.Protocol.Tests.Dkim;

public class BodyHasherTests
{
    [Theory]
    // RFC 6376 §3.4.5
    [InlineData(DkimCanonicalization.Relaxed, " C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n")]
    [InlineData(DkimCanonicalization.Simple, " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n")]
    [InlineData(DkimCanonicalization.Relaxed, "", "")]
    [InlineData(DkimCanonicalization.Relaxed, "\r\n\r\n", "")]
    [InlineData(DkimCanonicalization.Relaxed, " \t\r\n \r\n ", "")]
    [InlineData(DkimCanonicalization.Simple, "", "\r\n")]
    [InlineData(DkimCanonicalization.Simple, "\r\n\r\n", "\r\n")]
    [InlineData(DkimCanonicalization.Simple, "a", "a\r\n")]
    [InlineData(DkimCanonicalization.Relaxed, "a", "a\r\n")]
    [InlineData(DkimCanonicalization.Relaxed, "\r\n\r\na \r\n", "\r\n\r\na\r\n")]
    [InlineData(DkimCanonicalization.Relaxed, "a\nb \n", "a\r\nb\r\n")]
    [InlineData(DkimCanonicalization.Relaxed, "a \rb\r", "a \rb\r\r\n")]
    [InlineData(DkimCanonicalization.Simple, "a\r\r\nb", "a\r\r\nb\r\n")]
    public void Body_has_the_canonical_form(DkimCanonicalization canonicalization, string body, string canonical)
    {
        var hash = BodyHasher.Hash(new(Encoding.Latin1.GetBytes(body)), canonicalization, out var bytes);

        Assert.Equal(Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(canonical))), Convert.ToHexString(hash));
        Assert.Equal(canonical.Length, bytes);
    }

    [Fact]
    public void Random_bodies_hash_like_the_definition_however_they_are_cut()
    {
        var random = new Random(6376);
        for (var round = 0; round < 4000; round++)
        {
            var body = RandomBody(random);
            var pieces = Cut(body, random);
            foreach (var canonicalization in Enum.GetValues<DkimCanonicalization>())
            {
                var expected = SHA256.HashData(Encoding.Latin1.GetBytes(ByDefinition(body, canonicalization)));
                using var hasher = new BodyHasher(canonicalization);
                foreach (var piece in pieces)
                    hasher.Append(Encoding.Latin1.GetBytes(piece));
                Assert.True(expected.AsSpan().SequenceEqual(hasher.Complete()), $"{canonicalization}: {Regex.Escape(body)}");
            }
        }
    }

    [Fact]
    public void Only_the_first_octets_are_hashed_when_there_is_a_limit()
    {
        var hash = BodyHasher.Hash(new("abc\r\ndef\r\n"u8.ToArray()), DkimCanonicalization.Relaxed, out var bytes, maxBytes: 4);

        Assert.Equal(SHA256.HashData("abc\r"u8), hash);
        Assert.Equal(10, bytes);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("  \r\n")]
    [InlineData("a  ")]
    [InlineData("\r")]
    [InlineData("x\n")]
    public void Hostile_repetition_takes_linear_time(string unit)
    {
        var body = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(unit, 4_000_000 / unit.Length)) + "z");
        var hash = BodyHasher.Hash(new ReadOnlySequence<byte>(body), DkimCanonicalization.Relaxed, out _);

        Assert.Equal(32, hash.Length);
    }

    private static string RandomBody(Random random)
    {
        string[] units = ["\r\n", "\r\n", " ", "\t", "  ", "word", "a", "\n", "\r", "some longer text with single spaces in it"];
        return string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => units[random.Next(units.Length)]));
    }

    private static List<string> Cut(string body, Random random)
    {
        var pieces = new List<string>();
        for (var at = 0; at < body.Length;)
        {
            var take = Math.Min(random.Next(1, 90), body.Length - at);
            pieces.Add(body.Substring(at, take));
            at += take;
        }

        return pieces;
    }

    /// <summary>RFC 6376 §3.4.3 and §3.4.4, word by word.</summary>
    private static string ByDefinition(string body, DkimCanonicalization canonicalization)
    {
        body = Regex.Replace(body, "\r?\n", "\r\n");
        if (canonicalization == DkimCanonicalization.Relaxed)
        {
            body = Regex.Replace(body, "[ \t]+", " ");
            body = Regex.Replace(body, " (?=\r\n|$(?!\n))", "");
        }

        body = Regex.Replace(body, "(\r\n)*$(?!\n)", "");
        return body.Length == 0 && canonicalization == DkimCanonicalization.Relaxed ? "" : body + "\r\n";
    }
}
