using System.Diagnostics;
using Mail.Protocol.Dns;

namespace Mail.Protocol.Tests.Dns;

/// <summary>Messages written by Debian's python3-dnspython, with compressed names, alias chains and records in any order, read by us.</summary>
public sealed class DnsDifferentialTests
{
    private const int Messages = 1000;

    [Fact]
    public async Task Messages_of_dnspython_are_read_alike()
    {
        var lines = await RunPythonAsync();
        Assert.Equal(Messages, lines.Length);

        foreach (var line in lines)
        {
            var fields = line.Split('\t');
            var read = Read(Enum.Parse<DnsRecordType>(fields[0], ignoreCase: true), fields[1], Convert.FromHexString(fields[2]));
            Assert.Equal((fields[3], fields[4]), read);
        }
    }

    private static (string CanonicalName, string Records) Read(DnsRecordType type, string asked, byte[] wire)
    {
        Assert.True(DnsName.TryNormalize(asked, out var name));
        var message = DnsMessage.Read(wire)!;
        return type switch
        {
            DnsRecordType.A => Text(message, name, DnsRecordKind.A, a => a.ToString()),
            DnsRecordType.Aaaa => Text(message, name, DnsRecordKind.Aaaa, a => a.ToString()),
            DnsRecordType.Mx => Text(message, name, DnsRecordKind.Mx, mx => $"{mx.Preference} {mx.Exchange}"),
            DnsRecordType.Txt => Text(message, name, DnsRecordKind.Txt, t => t),
            DnsRecordType.Tlsa => Text(message, name, DnsRecordKind.Tlsa, t => $"{t.Usage} {t.Selector} {t.MatchingType} {Convert.ToHexStringLower(t.Data.Span)}"),
            DnsRecordType.Caa => Text(message, name, DnsRecordKind.Caa, c => $"{c.Flags} {c.Tag} {c.Value}"),
            DnsRecordType.Cname => Text(message, name, DnsRecordKind.Cname, n => n),
            DnsRecordType.Ptr => Text(message, name, DnsRecordKind.Ptr, n => n),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
    }

    private static (string CanonicalName, string Records) Text<T>(DnsMessage message, string name, DnsRecordKind<T> kind, Func<T, string> show)
    {
        var result = new DnsChain(name).Read(message, kind)!;
        return (result.CanonicalName, string.Join('|', result.Records.Select(show).Order(StringComparer.Ordinal)));
    }

    private static async Task<string[]> RunPythonAsync()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Dns", "make_messages.py");
        var start = new ProcessStartInfo("/usr/bin/python3", [script, $"{Messages}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var python = Process.Start(start)!;
        var errors = python.StandardError.ReadToEndAsync();
        var output = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        Assert.True(python.ExitCode == 0, await errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
