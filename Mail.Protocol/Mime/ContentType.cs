using System.Diagnostics.CodeAnalysis;

namespace Mail.Protocol.Mime;

/// <summary>A media type with its parameters (RFC 2045 §5.1), parameters decoded as RFC 2231 says.</summary>
public sealed class ContentType
{
    private ContentType(string type, string subtype, IReadOnlyDictionary<string, string> parameters)
    {
        Type = type;
        Subtype = subtype;
        Parameters = parameters;
        MediaType = string.Concat(type, "/", subtype);
    }

    /// <summary><c>text/plain</c>, what a part without the field is (RFC 2045 §5.2).</summary>
    public static ContentType TextPlain { get; } = new("text", "plain", new Dictionary<string, string>());

    /// <summary><c>application/octet-stream</c>.</summary>
    public static ContentType OctetStream { get; } = new("application", "octet-stream", new Dictionary<string, string>());

    /// <summary><c>message/rfc822</c>, what a part of multipart/digest without the field is (RFC 2046 §5.1.5).</summary>
    public static ContentType Message { get; } = new("message", "rfc822", new Dictionary<string, string>());

    /// <summary>The type in lower case, such as <c>text</c>.</summary>
    public string Type { get; }

    /// <summary>The subtype in lower case, such as <c>plain</c>.</summary>
    public string Subtype { get; }

    /// <summary>Type and subtype, <c>text/plain</c>.</summary>
    public string MediaType { get; }

    /// <summary>Parameters by lower-case name.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; }

    /// <summary>True for <c>text/*</c>.</summary>
    public bool IsText => Type == "text";

    /// <summary>True for <c>multipart/*</c>.</summary>
    public bool IsMultipart => Type == "multipart";

    /// <summary>A parameter's value, or null.</summary>
    public string? Parameter(string name) => Parameters.GetValueOrDefault(name);

    /// <summary>Parses the value of a Content-Type field; false when it has no <c>type/subtype</c> of tokens.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out ContentType? contentType)
    {
        contentType = null;
        var reader = new ParameterReader(text);
        var type = reader.ReadToken();
        if (type.IsEmpty || !reader.Skip('/')) return false;
        var subtype = reader.ReadToken();
        if (subtype.IsEmpty) return false;
        contentType = new ContentType(type.ToString().ToLowerInvariant(), subtype.ToString().ToLowerInvariant(), reader.ReadParameters());
        return true;
    }
}
