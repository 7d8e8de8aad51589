using System.Buffers;

namespace Mail.Protocol.Smtp;

/// <summary>Octet classes of the command grammar.</summary>
internal static class SmtpCharacters
{
    public static SearchValues<byte> Controls { get; } = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), 127]);

    public static SearchValues<byte> Mechanism { get; } =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    public static SearchValues<byte> Keyword { get; } =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);
}
