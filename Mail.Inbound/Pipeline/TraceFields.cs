using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mail.Inbound.Pipeline;

/// <summary>The fields that final delivery puts in front of a message: RFC 5321 §4.4.</summary>
internal static class TraceFields
{
    /// <summary>Return-Path and Received, in UTF-8, for a message received at the instant given.</summary>
    public static byte[] Write(ReceivedMail mail, string hostName, DateTimeOffset at) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"Return-Path: {mail.ReversePath}\r\n"
        + $"Received: from {Neutral(mail.HelloName)} ({Literal(mail.ClientAddress)})\r\n"
        + $" by {hostName} with {mail.ProtocolName}; {at.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} +0000\r\n"));

    /// <summary>The octets to keep: these fields and the message behind them.</summary>
    public static byte[] PutBefore(ReceivedMail mail, string hostName, DateTimeOffset at)
    {
        var trace = Write(mail, hostName, at);
        var octets = GC.AllocateUninitializedArray<byte>(checked(trace.Length + (int)mail.Body.Length));
        trace.CopyTo(octets, 0);
        mail.Body.CopyTo(octets.AsSpan(trace.Length));
        return octets;
    }

    // The client may call itself anything; what is no name or address literal must not read as something else.
    private static string Neutral(string name) => string.Create(name.Length, name, static (kept, name) =>
    {
        for (var i = 0; i < kept.Length; i++)
            kept[i] = char.IsAsciiLetterOrDigit(name[i]) || "-._:[]".Contains(name[i]) ? name[i] : '?';
    });

    // RFC 5321 §4.1.3; without its scope, which means nothing elsewhere.
    private static string Literal(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? $"[IPv6:{new IPAddress(address.GetAddressBytes())}]"
        : $"[{address}]";
}
