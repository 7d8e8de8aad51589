using System.Text;

namespace Mail.Protocol.Mime;

/// <summary>
/// Shift_JIS as Windows has it. The kanji of the rows "NEC selected IBM extensions" (ED40–EEFC) are in the framework's table only at their
/// second place (FA40–FC4B); several mailers send the first.
/// </summary>
internal static class Cp932
{
    private const int TrailsPerLead = 188;

    private static readonly Encoding CodePage = CodePagesEncodingProvider.Instance.GetEncoding(932)!;

    internal static string Decode(ReadOnlySpan<byte> octets)
    {
        if (octets.IndexOfAny((byte)0xed, (byte)0xee) < 0) return CodePage.GetString(octets);
        var moved = octets.ToArray();
        for (var i = 0; i + 1 < moved.Length; i++)
        {
            if (moved[i] is not (>= 0x81 and <= 0x9f or >= 0xe0 and <= 0xfc)) continue;
            if (moved[i] is 0xed or 0xee && moved[i + 1] is >= 0x40 and <= 0xfc and not 0x7f) Move(moved.AsSpan(i, 2));
            i++;
        }
        return CodePage.GetString(moved);
    }

    private static void Move(Span<byte> pair)
    {
        var index = pair[0] * TrailsPerLead + pair[1] - 0x40 - (pair[1] > 0x7f ? 1 : 0);
        index += (pair[0], pair[1]) switch
        {
            (0xee, >= 0xf9) => 2092,
            (0xee, >= 0xef) => 2082,
            _ => 2472,
        };
        var trail = index % TrailsPerLead;
        pair[0] = (byte)(index / TrailsPerLead);
        pair[1] = (byte)(trail + 0x40 + (trail >= 0x3f ? 1 : 0));
    }
}
