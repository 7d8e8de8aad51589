using System.Buffers;
using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>A reply of an SMTP server (RFC 5321 §4.2), as the client received it or as the server will send it.</summary>
/// <remarks>
/// Immutable. <see cref="Lines"/> hold the text behind the reply code and, where every line repeats it, behind the
/// enhanced code (RFC 2034 §4). Text given by the caller is made safe on the wire: control characters and octets
/// above 127 become <c>?</c>, lines are cut to 512 octets.
/// </remarks>
public sealed class SmtpReply : IEquatable<SmtpReply>
{
    private const int MaxReplyLine = 512; // RFC 5321 §4.5.3.1.5, with code and CRLF
    private byte[]? _wire;

    /// <summary>A reply of one line without enhanced code.</summary>
    public SmtpReply(int code, string text) : this(code, null, [text])
    {
    }

    /// <summary>A reply of one line with an enhanced code given as text, for example <c>2.1.5</c>.</summary>
    public SmtpReply(int code, string enhancedCode, string text) : this(code, Parse(enhancedCode), [text])
    {
    }

    /// <summary>A reply of one or more lines.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The code is outside 200 to 599.</exception>
    public SmtpReply(int code, EnhancedStatusCode? enhancedCode, IReadOnlyList<string> lines)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 200);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 599);
        Code = code;
        EnhancedCode = enhancedCode;
        Lines = lines.Count > 0 ? lines : [""];
    }

    /// <summary>The three-digit code, 200 to 599.</summary>
    public int Code { get; }

    /// <summary>The enhanced code when the reply carries one.</summary>
    public EnhancedStatusCode? EnhancedCode { get; }

    /// <summary>The text lines; at least one, possibly empty.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The server closes the connection after this reply; set by the server side, and by the client for 421.</summary>
    public bool ClosesConnection { get; init; }

    /// <summary>2yz: completed.</summary>
    public bool IsPositive => Code < 300;

    /// <summary>3yz: the server waits for more input.</summary>
    public bool IsIntermediate => Code is >= 300 and < 400;

    /// <summary>4yz: try again later.</summary>
    public bool IsTransient => Code is >= 400 and < 500;

    /// <summary>5yz: do not try again unchanged.</summary>
    public bool IsPermanent => Code >= 500;

    /// <summary>All lines joined by one space.</summary>
    public string Text => Lines.Count == 1 ? Lines[0] : string.Join(' ', Lines);

    /// <summary>The octets to send, with CRLF at the end of each line; computed once.</summary>
    public ReadOnlyMemory<byte> Wire => _wire ??= Encode();

    /// <summary>Writes the reply to <paramref name="output"/>.</summary>
    public void WriteTo(IBufferWriter<byte> output) => output.Write(Wire.Span);

    /// <summary>The same reply, after which the server closes the connection.</summary>
    public SmtpReply AndClose() => new(Code, EnhancedCode, Lines) { ClosesConnection = true };

    /// <inheritdoc/>
    public bool Equals(SmtpReply? other) => other is not null && Code == other.Code && EnhancedCode == other.EnhancedCode
        && ClosesConnection == other.ClosesConnection && Lines.SequenceEqual(other.Lines);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SmtpReply);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Code, EnhancedCode, Lines[0]);

    /// <summary>The reply as its lines without CR, joined by LF: <c>550 5.1.1 No such user</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Lines.Count; i++)
            AppendLine(text, i).Append('\n');
        text.Length--;
        return text.ToString();
    }

    private StringBuilder AppendLine(StringBuilder text, int index)
    {
        // RFC 5321 §4.2.1: every line but the last has a hyphen behind the code.
        text.Append(Code).Append(index < Lines.Count - 1 ? '-' : ' ');
        if (EnhancedCode is { } enhanced)
            text.Append(enhanced.ToString()).Append(' '); // RFC 2034 §4: on every line
        return text.Append(Lines[index]);
    }

    private byte[] Encode()
    {
        var octets = new ArrayBufferWriter<byte>(64);
        var line = new StringBuilder();
        for (var i = 0; i < Lines.Count; i++)
        {
            AppendLine(line.Clear(), i);
            var length = Math.Min(line.Length, MaxReplyLine - 2);
            var span = octets.GetSpan(length + 2);
            for (var at = 0; at < length; at++)
                span[at] = line[at] is >= ' ' and <= '~' ? (byte)line[at] : (byte)'?';
            span[length] = (byte)'\r';
            span[length + 1] = (byte)'\n';
            octets.Advance(length + 2);
        }
        return octets.WrittenSpan.ToArray();
    }

    private static EnhancedStatusCode Parse(string code) => EnhancedStatusCode.TryParse(code, out var parsed)
        ? parsed
        : throw new ArgumentException($"'{code}' is not an enhanced status code.", nameof(code));
}
