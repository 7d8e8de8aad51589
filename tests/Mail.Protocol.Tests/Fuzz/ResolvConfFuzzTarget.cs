using System.Text;
using Mail.Protocol.Dns;

namespace Mail.Protocol.Tests.Fuzz;

internal static class ResolvConfFuzzTarget
{
    internal static string[] Seeds => ["nameserver 192.0.2.53\n# x\nnameserver fe80::1%eth0\noptions ndots:2 rotate\nsearch a.test b.test\n"];

    internal static void Run(ReadOnlySpan<byte> input) =>
        Assert.All(ResolvConf.Parse(Encoding.Latin1.GetString(input)), server => Assert.NotEqual(0, server.Port));
}
