using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Mail.Protocol.Mime;

/// <summary>Why a header field can't be written.</summary>
public enum HeaderFieldError
{
    /// <summary>It can.</summary>
    None = 0,
    /// <summary>The name is empty, longer than 76 octets or has a character outside <c>!</c>–<c>~</c>, or a colon (RFC 5322 §2.2).</summary>
    InvalidName,
    /// <summary>The value has CR, LF, NUL or another control character.</summary>
    ControlCharacter,
    /// <summary>The value is longer than <see cref="HeaderField.MaxValue"/>.</summary>
    TooLong,
    /// <summary>The field belongs to the sending system: see <see cref="ReservedHeaders"/>.</summary>
    Reserved,
}

/// <summary>An additional header field of an outgoing mail, checked when it is made (RFC 5322 §2.2).</summary>
public sealed record HeaderField
{
    /// <summary>The longest value in UTF-16 units.</summary>
    public const int MaxValue = 16 * 1024;

    private const int MaxName = 76;

    // RFC 5322 §3.6.8 ftext
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!\"#$%&'()*+,-./0123456789;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private HeaderField(string name, string value) => (Name, Value) = (name, value);

    /// <summary>The field name as given.</summary>
    public string Name { get; }

    /// <summary>The value in plain Unicode, unfolded and not encoded; the writer folds and encodes it.</summary>
    public string Value { get; }

    /// <summary>Makes a field if it is well formed; reserved names are allowed here, for our own code.</summary>
    public static bool TryCreate(string name, string value, [NotNullWhen(true)] out HeaderField? field, out HeaderFieldError error)
    {
        field = null;
        error = Check(name, value);
        if (error == HeaderFieldError.None) field = new HeaderField(name, value);
        return field is not null;
    }

    /// <summary>Makes a field from what a client asks for: well formed, and not one of <see cref="ReservedHeaders"/>.</summary>
    public static bool TryCreateForClient(string name, string value, [NotNullWhen(true)] out HeaderField? field, out HeaderFieldError error)
    {
        field = null;
        error = HeaderFieldError.Reserved;
        return !ReservedHeaders.Contains(name) && TryCreate(name, value, out field, out error);
    }

    /// <summary>For fields that our own code puts together.</summary>
    /// <exception cref="ArgumentException">The field is not well formed.</exception>
    public static HeaderField Create(string name, string value) =>
        TryCreate(name, value, out var field, out var error) ? field : throw new ArgumentException($"Not a header field: {error}.", nameof(name));

    /// <summary>True for a name that RFC 5322 §2.2 allows.</summary>
    public static bool IsValidName(ReadOnlySpan<char> name) => name.Length is > 0 and <= MaxName && !name.ContainsAnyExcept(NameCharacters);

    private static HeaderFieldError Check(string name, string value)
    {
        if (!IsValidName(name)) return HeaderFieldError.InvalidName;
        if (value.Length > MaxValue) return HeaderFieldError.TooLong;
        return HeaderText.HasControl(value) ? HeaderFieldError.ControlCharacter : HeaderFieldError.None;
    }
}
