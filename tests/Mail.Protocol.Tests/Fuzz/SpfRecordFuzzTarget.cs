using System.Net;
using System.Text;
using Mail.Protocol.Dns;
using Mail.Protocol.Spf;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Fuzz;

/// <summary>A hostile SPF record, parsed, and evaluated in a zone where each name has that record.</summary>
internal static class SpfRecordFuzzTarget
{
    internal static string[] Seeds =>
    [
        "a mx ptr include:b.example ip4:192.0.2.0/24 ip6:2001:db8::/32 exists:%{ir}.%{v}.a.example -all",
        "redirect=%{d2}.a.example exp=%{l1r-}.a.example",
        "a:%{s}%{l}%{o}%{d}%{i}%{p}%{h}/24//64 ~all",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        var text = SpfRecord.Version + " " + Encoding.Latin1.GetString(input);
        _ = SpfRecord.Parse(text, out _);
        var zone = new DnsZone().Add("a.example", DnsRecordType.Txt, new[] { text }).Add("*.a.example", DnsRecordType.Txt, new[] { text });
        var check = SpfEvaluator.CheckMailFromAsync(
            IPAddress.Parse("192.0.2.1"), text + "@a.example", text, new FakeDnsResolver(zone), null, CancellationToken.None);
        if (!check.IsCompleted)
            throw new InvalidOperationException("A check in memory has to end at once.");
        _ = check.GetAwaiter().GetResult();
    }
}
