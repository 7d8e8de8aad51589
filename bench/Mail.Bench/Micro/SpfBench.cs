using System.Net;
using Mail.Protocol.Spf;
using Mail.TestKit.Dns;

namespace Mail.Bench.Micro;

/// <summary>SPF checks per second on one thread, with the records in memory: what the evaluation itself costs.</summary>
internal static class SpfBench
{
    private static readonly FakeDnsResolver Dns = FakeDnsResolver.FromText("""
        short.test TXT "v=spf1 ip4:192.0.2.0/24 -all"
        long.test TXT "v=spf1 a mx include:_spf.relay.test include:_spf.shop.test ip4:203.0.113.0/24 ~all"
        long.test A 198.51.100.1
        long.test MX 10 mx.long.test
        mx.long.test A 198.51.100.2
        _spf.relay.test TXT "v=spf1 include:_a.relay.test include:_b.relay.test ~all"
        _a.relay.test TXT "v=spf1 ip4:198.51.100.16/28 ip6:2001:db8:1::/48 ~all"
        _b.relay.test TXT "v=spf1 ip4:198.51.100.32/28 ip6:2001:db8:2::/48 ~all"
        _spf.shop.test TXT "v=spf1 ip4:198.51.100.64/26 ~all"
        macro.test TXT "v=spf1 exists:%{ir}.%{l1r-}._spf.%{d2} -all"
        1.2.0.192.user._spf.macro.test A 127.0.0.2
        """);

    internal static void Run(TextWriter output)
    {
        Operation.WriteHead(output);
        Operation.Measure(output, "SPF, one ip4", () => Check("192.0.2.1", "short.test", SpfResult.Pass));
        Operation.Measure(output, "SPF, seven look-ups, four includes", () => Check("198.51.100.65", "long.test", SpfResult.Pass));
        Operation.Measure(output, "SPF, exists with macros", () => Check("192.0.2.1", "macro.test", SpfResult.Pass));
    }

    private static void Check(string client, string domain, SpfResult expected)
    {
        // The records are there at once, so the task is complete.
        var outcome = SpfEvaluator.CheckHostAsync(
            IPAddress.Parse(client), domain, "user@" + domain, "client.test", Dns, null, CancellationToken.None).GetAwaiter().GetResult();
        if (outcome.Result != expected)
            throw new InvalidOperationException($"{domain} gave {outcome.Result}.");
    }
}
