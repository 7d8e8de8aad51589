using System.Globalization;

namespace Mail.Protocol.Smtp;

/// <summary>An enhanced mail system status code, <c>class.subject.detail</c> (RFC 3463, RFC 2034).</summary>
/// <param name="Class">2 (success), 4 (persistent transient failure) or 5 (permanent failure).</param>
/// <param name="Subject">0 to 999; the registry uses 0 to 7.</param>
/// <param name="Detail">0 to 999.</param>
public readonly record struct EnhancedStatusCode(int Class, int Subject, int Detail)
{
    private const int MaxOctets = 9; // "5.999.999"

    /// <summary>Parses text that is exactly a code; white space is not skipped.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EnhancedStatusCode code)
    {
        code = default;
        if (text.Length > MaxOctets)
            return false;
        Span<byte> octets = stackalloc byte[MaxOctets];
        for (var i = 0; i < text.Length; i++)
            octets[i] = text[i] < 128 ? (byte)text[i] : (byte)0;
        return ParsePrefix(octets[..text.Length], out code) == text.Length && text.Length > 0;
    }

    /// <summary>Reads a code at the start of <paramref name="text"/> and returns its length, or 0 when there is none.</summary>
    /// <remarks>The code must be followed by white space or the end of the text.</remarks>
    public static int ParsePrefix(ReadOnlySpan<byte> text, out EnhancedStatusCode code)
    {
        code = default;
        // RFC 3463 §2: class = "2"/"4"/"5"; subject and detail have one to three digits.
        if (text.Length < 5 || text[0] is not ((byte)'2' or (byte)'4' or (byte)'5') || text[1] != '.')
            return 0;
        var at = 2;
        var subject = ReadNumber(text, ref at);
        if (subject < 0 || at >= text.Length || text[at] != '.')
            return 0;
        at++;
        var detail = ReadNumber(text, ref at);
        if (detail < 0 || (at < text.Length && text[at] is not ((byte)' ' or (byte)'\t')))
            return 0;
        code = new EnhancedStatusCode(text[0] - '0', subject, detail);
        return at;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}.{Subject}.{Detail}");

    private static int ReadNumber(ReadOnlySpan<byte> text, ref int at)
    {
        var start = at;
        var value = 0;
        while (at < text.Length && at - start < 3 && char.IsAsciiDigit((char)text[at]))
            value = value * 10 + text[at++] - '0';
        return at == start ? -1 : value;
    }
}
