using System.Text;
using Mail.Protocol.Dmarc;

namespace Mail.Protocol.Tests.Fuzz;

/// <summary>A hostile DMARC record.</summary>
public static class DmarcRecordFuzzTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.Latin1.GetString(input);
        _ = DmarcRecord.Parse(text);
        if (DmarcRecord.Parse("v=DMARC1;" + text) is null)
            throw new InvalidOperationException("A record with the right version has to be read, whatever follows.");
    }
}
