using System.Buffers;

namespace Mail.Protocol.Mime;

/// <summary>How the octets of a body are encoded for the way (RFC 2045 §6).</summary>
public enum ContentTransferEncoding
{
    /// <summary>Lines of ASCII; also when nothing is said.</summary>
    SevenBit,
    /// <summary>Lines with octets outside ASCII.</summary>
    EightBit,
    /// <summary>Any octets (RFC 3030).</summary>
    Binary,
    /// <summary>Quoted-printable.</summary>
    QuotedPrintable,
    /// <summary>Base64.</summary>
    Base64,
    /// <summary>uuencode, never standardised.</summary>
    UuEncode,
    /// <summary>A name nobody knows; read as 8bit.</summary>
    Unknown,
}

/// <summary>A part of a mail: the whole of it, a part of a multipart, or a message within the mail (RFC 2045 §2.4).</summary>
public sealed class MimeEntity
{
    private static readonly string[] MessageTypes = ["message/rfc822", "message/global", "message/news"];

    private readonly ReadOnlySequence<byte> _source;
    private readonly long _start, _bodyStart;
    private readonly MimeLimits _limits;
    private readonly List<MimeDefect> _defects;
    private readonly List<MimeEntity> _children = [];
    private long _bodyEnd;

    internal MimeEntity(
        ReadOnlySequence<byte> source, long start, long bodyStart, MimeHeaders headers, bool has8BitHeader, MimeEntity? parent, MimeLimits limits,
        List<MimeDefect> defects)
    {
        _source = source;
        _start = start;
        _bodyStart = _bodyEnd = bodyStart;
        _limits = limits;
        _defects = defects;
        Headers = headers;
        ContentType = ReadContentType(parent);
        if (has8BitHeader && ContentType.Parameter("charset") is { Length: > 0 } charset)
            foreach (var field in headers) field.Charset = charset;
        TransferEncoding = ReadTransferEncoding();
        (Disposition, var dispositionName) = ReadDisposition();
        FileName = BaseName(dispositionName ?? ContentType.Parameter("name"));
        ContentId = headers.Find("Content-ID")?.Unfolded.Trim('<', '>', ' ', '\t') is { Length: > 0 } id ? id : null;
    }

    /// <summary>The fields of this part.</summary>
    public MimeHeaders Headers { get; }

    /// <summary>The media type; <c>text/plain</c> when it is missing or can't be read.</summary>
    public ContentType ContentType { get; }

    /// <summary>The transfer encoding.</summary>
    public ContentTransferEncoding TransferEncoding { get; }

    /// <summary><c>attachment</c>, <c>inline</c> or another word in lower case; null without the field (RFC 2183).</summary>
    public string? Disposition { get; }

    /// <summary>The decoded file name without directories, from Content-Disposition or else Content-Type; null when there is none.</summary>
    public string? FileName { get; }

    /// <summary>The content id without angle brackets, or null.</summary>
    public string? ContentId { get; }

    /// <summary>Parts of a multipart, or the one message within <c>message/rfc822</c>.</summary>
    public IReadOnlyList<MimeEntity> Children => _children;

    /// <summary>The body as received: a slice of the mail, not a copy.</summary>
    public ReadOnlySequence<byte> RawBody => _source.Slice(_bodyStart, _bodyEnd - _bodyStart);

    /// <summary>Header and body as received: a slice of the mail, not a copy.</summary>
    public ReadOnlySequence<byte> Raw => _source.Slice(_start, _bodyEnd - _start);

    /// <summary>True for a message within the mail whose structure has been read.</summary>
    internal bool IsEmbeddedMessage =>
        MessageTypes.Contains(ContentType.MediaType)
        && TransferEncoding is not (ContentTransferEncoding.Base64 or ContentTransferEncoding.QuotedPrintable or ContentTransferEncoding.UuEncode);

    /// <summary>The decoded octets as a stream that holds only a piece at a time.</summary>
    public Stream OpenContent() => new DecodingStream(RawBody, ContentDecoder.Create(EffectiveEncoding));

    /// <summary>The decoded octets, cut at a length.</summary>
    /// <param name="maxBytes">Octets that are read at most.</param>
    public byte[] ReadContent(int maxBytes = int.MaxValue)
    {
        if (ContentDecoder.IsIdentity(EffectiveEncoding)) return RawBody.Slice(0, Math.Min(maxBytes, RawBody.Length)).ToArray();
        var buffer = RentDecoded(maxBytes, out var length);
        var content = buffer.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return content;
    }

    /// <summary>The decoded text of the part, with its line ends as they are; cut at <see cref="MimeLimits.MaxTextBytes"/>.</summary>
    public string ReadText()
    {
        if (RawBody.IsSingleSegment && ContentDecoder.IsIdentity(EffectiveEncoding) && RawBody.Length < _limits.MaxTextBytes)
            return DecodeText(RawBody.FirstSpan);
        var buffer = RentDecoded(_limits.MaxTextBytes, out var length);
        if (length == _limits.MaxTextBytes) Report(MimeDefect.TextTruncated);
        var text = DecodeText(buffer.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(buffer);
        return text;
    }

    private string DecodeText(ReadOnlySpan<byte> octets)
    {
        var charset = ContentType.Parameter("charset") ?? (ContentType.MediaType == "text/html" ? HtmlCharset.Find(octets) : null);
        if (charset is { Length: > 0 } && !Charsets.IsKnown(charset)) Report(MimeDefect.UnknownCharset);
        return Charsets.Decode(charset, octets);
    }

    private byte[] RentDecoded(int maxBytes, out int length)
    {
        // No transfer encoding makes more octets of its input
        var most = (int)Math.Min(Math.Min(RawBody.Length, maxBytes), Array.MaxLength - ContentDecoder.Slack);
        var buffer = ArrayPool<byte>.Shared.Rent(most + ContentDecoder.Slack);
        length = Math.Min(most, ContentDecoder.Create(EffectiveEncoding).DecodeAll(RawBody, buffer));
        return buffer;
    }

    // RFC 2045 §6.4: a multipart has no encoding of its own
    private ContentTransferEncoding EffectiveEncoding => ContentType.IsMultipart ? ContentTransferEncoding.Binary : TransferEncoding;

    /// <summary>The message within a <c>message/rfc822</c> part, decoded first if it was encoded; null for any other part.</summary>
    public MimeMessage? OpenMessage()
    {
        if (!MessageTypes.Contains(ContentType.MediaType)) return null;
        if (_children.Count > 0) return new MimeMessage(_children[0], _defects);
        return MimeMessage.Parse(ReadContent((int)Math.Min(_limits.MaxBytes, Array.MaxLength)), _limits);
    }

    internal void AddChild(MimeEntity child) => _children.Add(child);

    internal void SetBodyEnd(long end) => _bodyEnd = Math.Max(_bodyStart, end);

    private void Report(MimeDefect defect)
    {
        if (!_defects.Contains(defect)) _defects.Add(defect);
    }

    private ContentType ReadContentType(MimeEntity? parent)
    {
        var field = Headers.Find("Content-Type");
        if (field is null) return parent?.ContentType.MediaType == "multipart/digest" ? ContentType.Message : ContentType.TextPlain;
        if (ContentType.TryParse(field.Unfolded, out var type)) return type;
        Report(MimeDefect.InvalidContentType);
        return ContentType.TextPlain;
    }

    private ContentTransferEncoding ReadTransferEncoding()
    {
        var field = Headers.Find("Content-Transfer-Encoding");
        if (field is null) return ContentTransferEncoding.SevenBit;
        var encoding = new ParameterReader(field.Unfolded).ReadToken().ToString().ToLowerInvariant() switch
        {
            "" or "7bit" or "7-bit" => ContentTransferEncoding.SevenBit,
            "8bit" or "8-bit" => ContentTransferEncoding.EightBit,
            "binary" => ContentTransferEncoding.Binary,
            "quoted-printable" or "quotedprintable" or "qp" => ContentTransferEncoding.QuotedPrintable,
            "base64" or "base-64" => ContentTransferEncoding.Base64,
            "uuencode" or "x-uuencode" or "x-uue" or "uue" => ContentTransferEncoding.UuEncode,
            _ => ContentTransferEncoding.Unknown,
        };
        if (encoding == ContentTransferEncoding.Unknown) Report(MimeDefect.UnknownTransferEncoding);
        return encoding;
    }

    private (string? Disposition, string? FileName) ReadDisposition()
    {
        if (Headers.Find("Content-Disposition") is not { } field) return (null, null);
        var reader = new ParameterReader(field.Unfolded);
        var disposition = reader.ReadToken().ToString().ToLowerInvariant();
        var parameters = reader.ReadParameters();
        return (disposition.Length > 0 ? disposition : null, parameters.GetValueOrDefault("filename") ?? parameters.GetValueOrDefault("name"));
    }

    /// <summary>RFC 2183 §2.3: directories in a received name are not to be trusted.</summary>
    private static string? BaseName(string? name)
    {
        name = name?[(name.AsSpan().LastIndexOfAny('/', '\\') + 1)..].Trim();
        return string.IsNullOrEmpty(name) || name is "." or ".." ? null : name;
    }
}
