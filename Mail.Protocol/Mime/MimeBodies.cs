using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>A file that came with a mail.</summary>
public sealed class MimeAttachment
{
    private readonly MimeEntity? _part;
    private readonly ReadOnlyMemory<byte> _content;

    internal MimeAttachment(MimeEntity part)
    {
        _part = part;
        (FileName, ContentType, ContentId) = (part.FileName, part.ContentType, part.ContentId);
        IsInline = part.Disposition == "inline" || (part.Disposition is null && part.ContentId is not null);
    }

    internal MimeAttachment(string? fileName, ReadOnlyMemory<byte> content)
    {
        (FileName, ContentType, _content) = (fileName, ContentType.OctetStream, content);
    }

    /// <summary>The decoded name without directories, or null.</summary>
    public string? FileName { get; }

    /// <summary>The media type it claims to be.</summary>
    public ContentType ContentType { get; }

    /// <summary>The content id without angle brackets, or null.</summary>
    public string? ContentId { get; }

    /// <summary>True for what the HTML shows in place.</summary>
    public bool IsInline { get; }

    /// <summary>The part it is; null for a uuencoded file within a text.</summary>
    public MimeEntity? Part => _part;

    /// <summary>The decoded octets.</summary>
    public Stream OpenContent() => _part?.OpenContent() ?? new MemoryStream(_content.ToArray(), writable: false);

    /// <summary>The decoded octets, cut at a length.</summary>
    public byte[] ReadContent(int maxBytes = int.MaxValue) => _part?.ReadContent(maxBytes) ?? _content[..Math.Min(maxBytes, _content.Length)].ToArray();
}

/// <summary>Which parts are the text, which the HTML, which attachments: the algorithm of RFC 8621 §4.1.4.</summary>
internal sealed class MimeBodies
{
    private readonly List<MimeEntity> _text = [], _html = [];
    private readonly List<MimeAttachment> _attachments = [];

    internal string? Text { get; private set; }

    internal string? Html { get; private set; }

    internal IReadOnlyList<MimeAttachment> Attachments => _attachments;

    internal static MimeBodies Select(MimeEntity root)
    {
        var bodies = new MimeBodies();
        bodies.Walk([root], "mixed", inAlternative: false, bodies._text, bodies._html);
        bodies.Text = Join(bodies._text.Where(static p => p.ContentType.MediaType != "text/html"));
        if (bodies.Text is not null) bodies.Text = UuText.Extract(bodies.Text, bodies._attachments);
        bodies.Html = Join(bodies._html.Where(static p => p.ContentType.MediaType == "text/html"));
        return bodies;
    }

    private static string? Join(IEnumerable<MimeEntity> parts)
    {
        string? result = null;
        StringBuilder? several = null;
        foreach (var part in parts.Where(IsBodyText))
        {
            var text = part.ReadText();
            if (result is null) result = text;
            else (several ??= new StringBuilder(result)).Append("\r\n").Append(text);
        }
        return several?.ToString() ?? result;
    }

    // Depth is that of the structure, which the parser has bounded
    private void Walk(IReadOnlyList<MimeEntity> parts, string multipart, bool inAlternative, List<MimeEntity>? text, List<MimeEntity>? html)
    {
        var (textCount, htmlCount) = (text?.Count ?? -1, html?.Count ?? -1);
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            if (part.ContentType.IsMultipart && part.Children.Count > 0)
            {
                var subtype = part.ContentType.Subtype;
                Walk(part.Children, subtype, inAlternative || subtype == "alternative", text, html);
            }
            else if (!IsInline(part, i, multipart)) _attachments.Add(new MimeAttachment(part));
            else if (multipart == "alternative") AddAlternative(part, text, html);
            else AddInline(part, inAlternative, ref text, ref html);
        }
        if (multipart != "alternative" || text is null || html is null) return;
        if (text.Count == textCount && html.Count != htmlCount) text.AddRange(html[htmlCount..]);
        else if (html.Count == htmlCount && text.Count != textCount) html.AddRange(text[textCount..]);
    }

    private void AddAlternative(MimeEntity part, List<MimeEntity>? text, List<MimeEntity>? html)
    {
        if (part.ContentType.MediaType == "text/html") html?.Add(part);
        else if (IsBodyText(part)) text?.Add(part);
        else _attachments.Add(new MimeAttachment(part));
    }

    private void AddInline(MimeEntity part, bool inAlternative, ref List<MimeEntity>? text, ref List<MimeEntity>? html)
    {
        if (inAlternative && part.ContentType.MediaType == "text/html") text = null;
        else if (inAlternative && IsBodyText(part)) html = null;
        text?.Add(part);
        html?.Add(part);
        // Unlike RFC 8621 every media part counts as a file: a reader who shows text alone has to list it
        if (!IsBodyText(part)) _attachments.Add(new MimeAttachment(part));
    }

    private static bool IsInline(MimeEntity part, int index, string multipart)
    {
        if (part.Disposition == "attachment") return false;
        var media = part.ContentType.Type is "image" or "audio" or "video";
        if (!media && !IsBodyText(part)) return false;
        return index == 0 || (multipart != "related" && (media || part.FileName is null));
    }

    /// <summary>Text, HTML, and a multipart whose boundary never comes, which people see as text too.</summary>
    private static bool IsBodyText(MimeEntity part) => part.ContentType.MediaType is "text/plain" or "text/html" || part.ContentType.IsMultipart;
}
