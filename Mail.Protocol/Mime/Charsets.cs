using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>Charset names of mail and their decoders. Names are read as mailers mean them: latin-1 is windows-1252, gb2312 is gb18030.</summary>
internal static class Charsets
{
    private static readonly Encoding StrictUtf8 = new UTF8Encoding(false, throwOnInvalidBytes: false);

    internal static bool IsKnown(string charset) => Find(charset) is not null;

    /// <summary>Decodes octets; unknown and missing names mean UTF-8 if that fits, else windows-1252. Never throws.</summary>
    internal static string Decode(string? charset, ReadOnlySpan<byte> octets)
    {
        var encoding = charset is null ? null : Find(charset);
        return encoding is null ? Guess(octets) : encoding.GetString(octets);
    }

    internal static string Guess(ReadOnlySpan<byte> octets) =>
        System.Text.Unicode.Utf8.IsValid(octets) ? StrictUtf8.GetString(octets) : Windows1252.GetString(octets);

    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    private static Encoding? Find(string name)
    {
        try { return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name); }
        catch (ArgumentException) { return null; }
        catch (NotSupportedException) { return null; }
    }
}
