using System.Buffers;
using System.Diagnostics;
using System.Text;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Mime;

/// <summary>Mails made to hurt: each is read whole, in bounded time and memory, and never with an exception.</summary>
public class HostileMailTests
{
    private const int Many = 1_000_000;
    private const int Deep = 100_000;

    // Linear work takes a second or two on a busy machine; what is quadratic in a million takes an hour
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Names => [.. Mails.Keys];

    private static readonly Dictionary<string, Func<byte[]>> Mails = new()
    {
        ["one header line of 100 MB"] = () => Repeat("Subject: ", "a", 100 << 20, "\r\n\r\nbody"),
        ["one header folded a million times"] = () => Repeat("Subject: a", "\r\n ", Many, "\r\n\r\nbody"),
        ["header fields by the million"] = () => Repeat("", "A: b\r\n", Many, "\r\nbody"),
        ["header line without colon of 50 MB"] = () => Repeat("", "a", 50 << 20, ""),
        ["parts by the million"] = () => Repeat(Multipart("b"), "--b\r\n\r\nx\r\n", Many, "--b--"),
        ["parts without headers by the million"] = () => Repeat(Multipart("b"), "--b\r\n", Many, "--b--"),
        ["multiparts in each other"] = () => Repeat("", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", Deep, "\r\nx"),
        ["multiparts in each other, each with its boundary"] = () => Nested(Deep),
        ["messages in each other"] = () => Repeat("", "Content-Type: message/rfc822\r\n\r\n", Deep, "\r\nx"),
        ["closing boundaries by the million"] = () => Repeat(Multipart("b"), "--b--\r\n", Many, ""),
        ["near boundaries by the million"] = () => Repeat(Multipart(new string('b', 70)), "--" + new string('b', 69) + "\r\n", Many, ""),
        ["a multipart without boundary"] = () => Repeat("Content-Type: multipart/mixed\r\n\r\n", "--\r\n--a b\r\n", Many, ""),
        ["parameters by the hundred thousand"] = () => Repeat("Content-Type: text/plain", "; a*1*=b", 100_000, "\r\n\r\nx"),
        ["parameter sections out of order"] = () => Sections(20_000),
        ["comments in a content type"] = () => Repeat("Content-Type: ", "(", 200_000, "text/plain\r\n\r\nx"),
        ["encoded words never closed"] = () => Repeat("Subject: ", "=?utf-8?q?a", 20_000, "\r\n\r\nx"),
        ["encoded words of unknown charsets"] = () => Repeat("Subject: ", "=?nope?q?a?=", 18_000, "\r\n\r\nx"),
        ["encoded words of changing charsets"] = () => Repeat("Subject: ", "=?utf-8?q?a?= =?gb2312?b?1tA=?= ", 8_000, "\r\n\r\nx"),
        ["addresses by the million"] = () => Repeat("To: g:", "a@b.example,", Many, ";\r\n\r\nx"),
        ["ids by the hundred thousand"] = () => Repeat("References: ", "<a@b> <", 30_000, "\r\n\r\nx"),
        ["soft breaks alone"] = () => Repeat("Content-Transfer-Encoding: quoted-printable\r\n\r\n", "=\r\n", Many, ""),
        ["blanks before line ends"] = () => Repeat("Content-Transfer-Encoding: quoted-printable\r\n\r\n", " ", 10 << 20, "\r\n"),
        ["escapes with blanks"] = () => Repeat("Content-Transfer-Encoding: quoted-printable\r\n\r\n=", " ", 10 << 20, "x"),
        ["base64 of nothing but padding"] = () => Repeat("Content-Transfer-Encoding: base64\r\n\r\n", "=", 10 << 20, ""),
        ["base64 with noise"] = () => Repeat("Content-Transfer-Encoding: base64\r\n\r\n", "Q!=", 5 << 20, ""),
        ["uuencoded files by the hundred thousand"] = () => Repeat("\r\n", "begin 644 a\r\n#86)C\r\nend\r\n", 300_000, ""),
        ["uuencoded files that never end"] = () => Repeat("\r\n", "begin 644 a\r\n#86)C\r\n", 300_000, ""),
        ["bare carriage returns"] = () => Repeat("Subject: a\r\n\r\n", "\r", 20 << 20, ""),
        ["NULs"] = () => Repeat("", "\0", 20 << 20, ""),
        ["line ends alone"] = () => Repeat(Multipart("b"), "\n", 10 << 20, ""),
        ["dashes alone"] = () => Repeat(Multipart("b"), "\n--", Many, ""),
        ["a message that claims to hold itself"] = () => Repeat(Multipart("b"), "--b\r\nContent-Type: message/rfc822\r\nContent-ID: <a>\r\n\r\n" + Multipart("b"), 20_000, ""),
        ["shifts of iso-2022-jp"] = () => Repeat("Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n", "\u001b$B\u001b(B", Many, ""),
        ["shifts of utf-7"] = () => Repeat("Content-Type: text/plain; charset=utf-7\r\n\r\n", "+AGE-", Many, ""),
        ["html that names a charset late"] = () => Repeat("Content-Type: text/html\r\n\r\n", "<meta ", Many, "charset=utf-8>"),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Hostile_mail_is_read_in_bounded_time_and_memory(string name)
    {
        var octets = Mails[name]();
        var (allocated, clock) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        MimeProbe.ReadAll(MimeMessage.Parse(octets));
        var elapsed = Stopwatch.GetElapsedTime(clock);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.True(elapsed < LongestRun, $"takes {elapsed}");
        // Text is held as octets and as UTF-16, each at most MaxTextBytes, with a copy while decoding
        Assert.True(allocated < 256L << 20, $"allocates {allocated >> 20} MiB");
    }

    [Theory]
    [InlineData("parts by the million")]
    [InlineData("multiparts in each other, each with its boundary")]
    [InlineData("header fields by the million")]
    public void Hostile_mail_in_many_pieces_is_read_alike(string name)
    {
        var octets = Mails[name]();
        var whole = MimeMessage.Parse(octets);
        var pieces = MimeMessage.Parse(Pieces.Of(octets, 1000));
        Assert.Equal(whole.Defects, pieces.Defects);
        Assert.Equal(Count(whole.Root), Count(pieces.Root));
    }

    [Fact]
    public void Limits_are_told_as_defects()
    {
        Assert.Contains(MimeDefect.TooManyParts, MimeMessage.Parse(Mails["parts by the million"]()).Defects);
        Assert.Contains(MimeDefect.TooDeep, MimeMessage.Parse(Mails["messages in each other"]()).Defects);
        Assert.Contains(MimeDefect.HeaderTruncated, MimeMessage.Parse(Mails["header fields by the million"]()).Defects);
        Assert.Contains(MimeDefect.MessageTruncated, MimeMessage.Parse(new byte[100], new MimeLimits { MaxBytes = 10 }).Defects);
    }

    private static int Count(MimeEntity entity) => 1 + entity.Children.Sum(Count);

    private static string Multipart(string boundary) => $"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n";

    private static byte[] Repeat(string head, string piece, int times, string tail)
    {
        var octets = new byte[head.Length + (long)piece.Length * times + tail.Length];
        Encoding.Latin1.GetBytes(head, octets);
        var one = Encoding.Latin1.GetBytes(piece);
        var body = octets.AsSpan(head.Length, piece.Length * times);
        one.CopyTo(body);
        for (var filled = one.Length; filled < body.Length; filled *= 2) body[..Math.Min(filled, body.Length - filled)].CopyTo(body[filled..]);
        Encoding.Latin1.GetBytes(tail, octets.AsSpan(octets.Length - tail.Length));
        return octets;
    }

    private static byte[] Nested(int depth)
    {
        var text = new StringBuilder();
        for (var i = 0; i < depth; i++) text.Append($"Content-Type: multipart/mixed; boundary=\"b{i}\"\r\n\r\n--b{i}\r\n");
        text.Append("\r\nx\r\n");
        for (var i = depth - 1; i >= 0; i--) text.Append($"--b{i}--\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static byte[] Sections(int count)
    {
        var text = new StringBuilder("Content-Disposition: attachment");
        for (var i = count; i > 0; i--) text.Append($"; filename*{i}=\"a\"");
        return Encoding.ASCII.GetBytes(text.Append("\r\n\r\nx").ToString());
    }
}
