using System.Text;
using Mail.Protocol.Dmarc;

namespace Mail.Protocol.Tests.Fuzz;

/// <summary>A hostile DMARC record.</summary>
internal static class DmarcRecordFuzzTarget
{
    internal static string[] Seeds =>
    [
        "v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s; aspf=r; t=y; psd=n; fo=1:d:s; pct=50",
        "v=DMARC1; p=none; rua=mailto:a@example.com!10m,https://example.org/r; ruf=mailto:f@example.com",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.Latin1.GetString(input);
        _ = DmarcRecord.Parse(text);
        if (DmarcRecord.Parse("v=DMARC1;" + text) is null)
            throw new InvalidOperationException("A record with the right version has to be read, whatever follows.");
    }
}
