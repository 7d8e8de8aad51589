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

    // Nothing is decoded, and nothing allocated, before the end is found: most that begins is no file.
    private static bool TryRead(string text, int begin, out string? name, out byte[] content, out int end)
    {
        content = [];
        name = null;
        end = begin;
        // begin 644 name
        var line = Line(text, ref end)["begin ".Length..];
        var space = line.IndexOf(' ');
        if (space is < 3 or > 4 || line[..space].ContainsAnyExceptInRange('0', '7')) return false;
        var data = end;
        if (!TrySkipData(text, ref end, out var dataEnd)) return false;
        name = line[(space + 1)..].Trim().ToString() is { Length: > 0 } given ? given[(given.LastIndexOfAny(['/', '\\']) + 1)..] : null;
        content = Decode(text, data, dataEnd);
        return true;
    }

    private static bool TrySkipData(string text, ref int position, out int dataEnd)
    {
        dataEnd = position;
        while (position < text.Length)
        {
            dataEnd = position;
            var line = Line(text, ref position).TrimEnd();
            if (line is "end") return true;
            if (IsData(line)) continue;
            position = dataEnd;
            return false;
        }
        return false;
    }

    private static byte[] Decode(string text, int from, int to)
    {
        var octets = new MemoryStream((to - from) * 3 / 4);
        Span<byte> encoded = stackalloc byte[64], decoded = stackalloc byte[64];
        while (from < to)
        {
            var line = Line(text, ref from).TrimEnd();
            if (line.IsEmpty) continue;
            Encoding.ASCII.GetBytes(line, encoded);
            octets.Write(decoded[..UuDecoder.DecodeLine(encoded[..line.Length], decoded)]);
        }
        return octets.ToArray();
    }

    private static bool IsData(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty) return true;
        var octets = (line[0] - ' ') & 63;
        return line.Length <= 62 && !line.ContainsAnyExceptInRange(' ', '`') && line.Length <= 2 + (octets + 2) / 3 * 4;
    }

    private static ReadOnlySpan<char> Line(string text, ref int position)
    {
        var end = text.IndexOf('\n', position);
        var line = end < 0 ? text.AsSpan(position) : text.AsSpan(position, end - position);
        position = end < 0 ? text.Length : end + 1;
        return line;
    }
}
