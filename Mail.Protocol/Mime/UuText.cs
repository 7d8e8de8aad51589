using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>Finds uuencoded files within a plain text, as mailers before MIME sent them.</summary>
internal static class UuText
{
    private const int MaxFiles = 100;

    /// <summary>The text without its files; files are added to the list. Linear: each line is looked at once.</summary>
    internal static string Extract(string text, List<MimeAttachment> files)
    {
        var begin = FindBegin(text, 0);
        if (begin < 0) return text;
        var rest = new StringBuilder(text.Length);
        var copied = 0;
        var found = 0;
        while (begin >= 0 && found < MaxFiles)
        {
            if (TryRead(text, begin, out var name, out var content, out var end))
            {
                rest.Append(text, copied, begin - copied);
                copied = end;
                found++;
                files.Add(new MimeAttachment(name, content));
            }
            begin = FindBegin(text, Math.Max(end, begin + 1));
        }
        return found == 0 ? text : rest.Append(text, copied, text.Length - copied).ToString();
    }

    private static int FindBegin(string text, int from)
    {
        while (true)
        {
            from = text.IndexOf("begin ", Math.Min(from, text.Length), StringComparison.Ordinal);
            if (from < 0 || from == 0 || text[from - 1] == '\n') return from;
            from++;
        }
    }

    private static bool TryRead(string text, int begin, out string? name, out byte[] content, out int end)
    {
        content = [];
        name = null;
        end = begin;
        // begin 644 name
        var line = Line(text, ref end).AsSpan("begin ".Length);
        var space = line.IndexOf(' ');
        if (space is < 3 or > 4 || line[..space].ContainsAnyExceptInRange('0', '7')) return false;
        name = line[(space + 1)..].Trim().ToString() is { Length: > 0 } given ? given[(given.LastIndexOfAny(['/', '\\']) + 1)..] : null;
        var octets = new MemoryStream();
        Span<byte> encoded = stackalloc byte[64], decoded = stackalloc byte[64];
        while (end < text.Length)
        {
            var start = end;
            var data = Line(text, ref end).TrimEnd();
            if (data == "end")
            {
                content = octets.ToArray();
                return true;
            }
            if (!IsData(data))
            {
                end = start;
                return false;
            }
            if (data.Length == 0) continue;
            Encoding.ASCII.GetBytes(data, encoded);
            octets.Write(decoded[..UuDecoder.DecodeLine(encoded[..data.Length], decoded)]);
        }
        return false;
    }

    private static bool IsData(string line)
    {
        if (line.Length == 0) return true;
        var octets = (line[0] - ' ') & 63;
        return line.Length <= 62 && !line.AsSpan().ContainsAnyExceptInRange(' ', '`') && line.Length <= 2 + (octets + 2) / 3 * 4;
    }

    private static string Line(string text, ref int position)
    {
        var end = text.IndexOf('\n', position);
        var line = end < 0 ? text[position..] : text[position..end];
        position = end < 0 ? text.Length : end + 1;
        return line;
    }
}
