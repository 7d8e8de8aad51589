using Mail.Protocol.Dns;

namespace Mail.Protocol.Tests.Fuzz;

/// <summary>A response from a hostile server: read, then taken as the answer to each kind of question.</summary>
internal static class DnsMessageFuzzTarget
{
    internal static string[] Seeds =>
    [
        "\0\u0001\u0081\u0080\0\u0001\0\u0001\0\0\0\0\u0001a\u0007example\0\0\u000F\0\u0001\u00C0\u000C\0\u000F\0\u0001\0\0\u0001\u002C\0\u0007\0\u000A\u0002mx\u00C0\u000E",
        "\0\u0001\u0081\u0080\0\u0001\0\u0002\0\0\0\0\u0001a\0\0\u0010\0\u0001\u00C0\u000C\0\u0005\0\u0001\0\0\0\u001E\0\u0003\u0001b\0\u0001b\0\0\u0010\0\u0001\0\0\0\u001E\0\u0004\u0003abc",
        "\0\u0001\u0081\u0083\0\0\0\0\0\u0001\0\0\0\0\u0006\0\u0001\0\0\0\u003C\0\u0016\0\0\0\0\0\u0001\0\0\0\u0001\0\0\0\u0001\0\0\0\u0001\0\0\0\u003C",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        if (DnsMessage.Read(input.ToArray()) is not { } message)
            return;
        var name = message.Answers.Count > 0 ? message.Answers[0].Owner : "example.com";
        _ = new DnsChain(name).Read(message, DnsRecordKind.Mx);
        _ = new DnsChain(name).Read(message, DnsRecordKind.Txt);
        _ = new DnsChain(name).Read(message, DnsRecordKind.A);
        _ = new DnsChain(name).Read(message, DnsRecordKind.Aaaa);
        _ = new DnsChain(name).Read(message, DnsRecordKind.Cname);
        _ = new DnsChain(name).Read(message, DnsRecordKind.Tlsa);
        _ = new DnsChain(name).Read(message, DnsRecordKind.Caa);
    }
}
