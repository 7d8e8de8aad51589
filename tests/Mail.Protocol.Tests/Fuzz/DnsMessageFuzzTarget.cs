using Mail.Protocol.Dns;

namespace Mail.Protocol.Tests.Fuzz;

/// <summary>A response from a hostile server: read, then taken as the answer to each kind of question.</summary>
public static class DnsMessageFuzzTarget
{
    public static void Run(ReadOnlySpan<byte> input)
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
