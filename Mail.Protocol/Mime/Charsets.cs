using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>
/// Charset names of mail and their decoders. Names are read as mailers mean them, which is a superset of what they say: iso-8859-1 is
/// windows-1252, gb2312 is gb18030, euc-kr is windows-949.
/// </summary>
internal static class Charsets
{
    private delegate string Decoder(ReadOnlySpan<byte> octets);

    private const int MaxName = 40;

    private static readonly ConcurrentDictionary<int, Encoding?> Loaded = new(); // as many as there are code pages

    private static readonly Encoding Windows1252 = CodePage(1252)!;
    private static readonly Encoding Utf8 = new UTF8Encoding(false, throwOnInvalidBytes: false);

    private static readonly FrozenDictionary<string, int> CodePages = new Dictionary<string, int>
    {
        ["iso-8859-1"] = 1252, ["latin1"] = 1252, ["l1"] = 1252, ["8859-1"] = 1252, ["ansi"] = 1252, ["x-ansi"] = 1252, ["windows"] = 1252,
        ["iso-8859-9"] = 1254, ["latin5"] = 1254, ["iso-8859-11"] = 874, ["tis-620"] = 874, ["tis620"] = 874, 
        ["gb2312"] = 54936, ["gbk"] = 54936, ["gb_2312-80"] = 54936, ["gb18030"] = 54936, ["x-gbk"] = 54936, ["euc-cn"] = 54936, ["cp936"] = 54936,
        ["chinese"] = 54936, ["gb2312_charset"] = 54936, ["hz"] = 52936, ["hz-gb-2312"] = 52936,
        ["big5"] = 950, ["big5-hkscs"] = 950, ["x-big5"] = 950, ["big5hkscs"] = 950, ["cn-big5"] = 950,
        ["euc-kr"] = 949, ["euckr"] = 949, ["ks_c_5601"] = 949, ["ks_c_5601-1987"] = 949, ["ksc5601"] = 949, ["uhc"] = 949, ["iso-2022-kr"] = 50225,
        ["euc-jp"] = 51932, ["eucjp"] = 51932, ["x-euc-jp"] = 51932, ["iso-2022-jp"] = 50220, ["iso-2022-jp-1"] = 50220, ["iso-2022-jp-2"] = 50220,
        ["iso-2022-jp-3"] = 50220, ["iso-2022-jp-ms"] = 50220, ["koi8-ru"] = 21866, ["koi8u"] = 21866, ["koi8r"] = 20866, ["koi8"] = 20866,
        ["x-mac-roman"] = 10000, ["macroman"] = 10000,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Decoder> Others = new Dictionary<string, Decoder>
    {
        ["utf-8"] = DecodeUtf8, ["utf8"] = DecodeUtf8, ["unicode-1-1-utf-8"] = DecodeUtf8, ["utf-8-mac"] = DecodeUtf8, ["x-utf-8"] = DecodeUtf8,
        ["us-ascii"] = Guess, ["ascii"] = Guess, ["ansi_x3.4-1968"] = Guess, ["iso646-us"] = Guess, ["7bit"] = Guess,
        ["utf-7"] = Utf7.Decode, ["utf7"] = Utf7.Decode, ["unicode-1-1-utf-7"] = Utf7.Decode,
        ["utf-16"] = DecodeUtf16, ["utf16"] = DecodeUtf16, ["utf-16be"] = Encoding.BigEndianUnicode.GetString, ["utf-16le"] = Encoding.Unicode.GetString,
        ["unicode"] = DecodeUtf16, ["ucs-2"] = DecodeUtf16, ["utf-32"] = Encoding.UTF32.GetString,
        ["shift_jis"] = Cp932.Decode, ["shift-jis"] = Cp932.Decode, ["sjis"] = Cp932.Decode, ["x-sjis"] = Cp932.Decode, ["ms_kanji"] = Cp932.Decode,
        ["windows-31j"] = Cp932.Decode, ["ms932"] = Cp932.Decode, ["cp932"] = Cp932.Decode, ["windows-932"] = Cp932.Decode,
        ["iso-8859-7"] = Iso8859.Decode7, ["iso-8859-8"] = Iso8859.Decode8, ["iso-8859-8-i"] = Iso8859.Decode8, ["iso-8859-8-e"] = Iso8859.Decode8,
        ["iso-8859-10"] = Iso8859.Decode10, ["iso-8859-14"] = Iso8859.Decode14, ["iso-8859-16"] = Iso8859.Decode16,
    }.ToFrozenDictionary();

    internal static bool IsKnown(string charset) => Find(charset) is not null;

    /// <summary>Decodes octets; unknown and missing names mean UTF-8 if that fits, else windows-1252. Never throws.</summary>
    internal static string Decode(string? charset, ReadOnlySpan<byte> octets)
    {
        var text = (charset is null ? null : Find(charset))?.Invoke(octets) ?? Guess(octets);
        return text.Length > 0 && text[0] == '\ufeff' ? text[1..] : text;
    }

    internal static string Guess(ReadOnlySpan<byte> octets) => System.Text.Unicode.Utf8.IsValid(octets) ? Utf8.GetString(octets) : Windows1252.GetString(octets);

    private static Decoder? Find(string name)
    {
        if (name.Length is 0 or > MaxName || !Ascii.IsValid(name)) return null;
        name = Normalize(name);
        if (Others.TryGetValue(name, out var decoder)) return decoder;
        var encoding = CodePages.TryGetValue(name, out var page) ? CodePage(page) : ByName(name);
        return encoding is null ? null : encoding.GetString;
    }

    /// <summary>Lower case, without quotes; iso8859-2, iso_8859-2 and iso-8859-2:1987 are one name.</summary>
    private static string Normalize(string name)
    {
        name = name.Trim('"', '\'', ' ', '\t').ToLowerInvariant();
        if (!name.StartsWith("iso", StringComparison.Ordinal)) return name;
        name = name.Replace('_', '-');
        var colon = name.IndexOf(':');
        if (colon > 0) name = name[..colon];
        if (name.StartsWith("iso8859", StringComparison.Ordinal)) name = "iso-8859" + name[7..];
        return name.StartsWith("iso2022", StringComparison.Ordinal) ? "iso-2022" + name[7..] : name;
    }

    private static Encoding? ByName(string name)
    {
        // cp1251, windows1251, cp-850, ibm866
        var digits = name.AsSpan()[(name.AsSpan().LastIndexOfAnyExceptInRange('0', '9') + 1)..];
        var prefix = name.AsSpan()[..^digits.Length].TrimEnd('-');
        if (digits.Length is > 2 and < 6 && prefix is "cp" or "windows" or "ibm" or "ms" or "x-cp" or "dos" or "")
            return CodePage(int.Parse(digits, CultureInfo.InvariantCulture));
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name);
        return encoding is null ? null : CodePage(encoding.CodePage);
    }

    private static Encoding? CodePage(int page) => Loaded.TryGetValue(page, out var encoding) ? encoding : Load(page);

    private static Encoding? Load(int page)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(page, EncoderFallback.ReplacementFallback, DecoderFallback.ReplacementFallback);
        if (encoding is not null) Loaded[page] = encoding;
        return encoding;
    }

    private static string DecodeUtf8(ReadOnlySpan<byte> octets) => Utf8.GetString(octets);

    // RFC 2781 §4.3: the byte order mark decides; without one it is big-endian
    private static string DecodeUtf16(ReadOnlySpan<byte> octets) =>
        octets.StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]) ? Encoding.Unicode.GetString(octets) : Encoding.BigEndianUnicode.GetString(octets);
}
