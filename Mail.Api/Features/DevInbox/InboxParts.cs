using System.Globalization;
using Mail.Protocol.Mime;

namespace Mail.Api.Features.DevInbox;

/// <summary>The parts of a mail, in their order.</summary>
public sealed record InboxParts(IReadOnlyList<InboxPart> Data);

/// <param name="Id">Its place: <c>2.1</c> is the first part of the second.</param>
/// <param name="Encoding">The transfer encoding, as the mail says it; null when it does not.</param>
/// <param name="Size">In octets, decoded.</param>
public sealed record InboxPart(
    string Id, string ContentType, string? Charset, string? Encoding, string? Disposition, string? Filename, string? ContentId, long Size)
{
    private const int BufferBytes = 16 * 1024;

    /// <summary>The parts of a mail with their numbers; a mail without parts is its own first one.</summary>
    internal static IEnumerable<(string Number, MimeEntity Entity)> Number(MimeMessage mail) =>
        mail.Root.Children.Count == 0 ? [("1", mail.Root)] : Below(mail.Root, "");

    internal static InboxPart Of(string number, MimeEntity part) => new(
        number, part.ContentType.MediaType, part.ContentType.Parameter("charset"),
        part.Headers.Find("Content-Transfer-Encoding")?.Unfolded.Trim(), part.Disposition, part.FileName, part.ContentId, SizeOf(part));

    // The parser bounds how deep this goes.
    private static IEnumerable<(string Number, MimeEntity Entity)> Below(MimeEntity part, string prefix)
    {
        for (var i = 0; i < part.Children.Count; i++)
        {
            var number = string.Create(CultureInfo.InvariantCulture, $"{prefix}{i + 1}");
            yield return (number, part.Children[i]);
            foreach (var below in Below(part.Children[i], number + "."))
                yield return below;
        }
    }

    private static long SizeOf(MimeEntity part)
    {
        if (part.Children.Count > 0)
            return part.RawBody.Length;
        using var content = part.OpenContent();
        Span<byte> buffer = new byte[BufferBytes];
        var size = 0L;
        while (content.Read(buffer) is > 0 and var read)
            size += read;
        return size;
    }
}
