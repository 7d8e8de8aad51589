using System.Text;
using Mail.Protocol.Dns;

namespace Mail.Protocol.Tests.Fuzz;

/// <summary>Names from text and from the wire; what is accepted has one normal form.</summary>
internal static class DnsNameFuzzTarget
{
    internal static string[] Seeds =>
    [
        "\u0001a\u0007example\u0000",
        "\u0003www\u00C0\u0000",
        "a\\.b\\032c.example",
        "nameserver 192.0.2.1\nnameserver 2001:db8::1",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        var offset = 0;
        if (DnsName.TryRead(input, ref offset, out var read) && read.Length > 0 && (!DnsName.TryNormalize(read, out var same) || same != read))
            throw new InvalidOperationException($"A name read from the wire is not normal: {read}");
        if (DnsName.TryNormalize(Encoding.UTF8.GetString(input), out var normal) && (!DnsName.TryNormalize(normal, out var again) || again != normal))
            throw new InvalidOperationException($"Not stable: {normal}");
        _ = ResolvConf.Parse(Encoding.UTF8.GetString(input));
    }
}
