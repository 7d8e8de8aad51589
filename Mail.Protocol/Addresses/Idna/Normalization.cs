using System.Text;

namespace Mail.Protocol.Addresses.Idna;

/// <summary>Unicode normal form C (UAX 15) and the folding of local parts.</summary>
internal static class Normalization
{
    private const int SBase = 0xac00, LBase = 0x1100, VBase = 0x1161, TBase = 0x11a7, LCount = 19, VCount = 21, TCount = 28; // Unicode §3.12 Hangul
    private const int ViramaMark = 1000;

    /// <summary>Lower case and normal form C.</summary>
    internal static string Fold(string text) => Ascii.IsValid(text) ? text.ToLowerInvariant() : ToNfc(text.ToLowerInvariant());

    internal static bool IsVirama(int codePoint) => UnicodeTables.Instance.CombiningRank[codePoint] >= ViramaMark;

    internal static string ToNfc(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, points);
        Reorder(points);
        var builder = new StringBuilder(text.Length);
        foreach (var point in Compose(points)) builder.Append(new Rune(point).ToString());
        return builder.ToString();
    }

    private static int Rank(int point) => UnicodeTables.Instance.CombiningRank[point] % ViramaMark;

    private static void Decompose(int point, List<int> points)
    {
        var hangul = point - SBase;
        if (hangul is >= 0 and < LCount * VCount * TCount)
        {
            points.Add(LBase + hangul / (VCount * TCount));
            points.Add(VBase + hangul % (VCount * TCount) / TCount);
            if (hangul % TCount > 0) points.Add(TBase + hangul % TCount);
            return;
        }
        var index = point < 0xc0 ? 0 : UnicodeTables.Instance.Decomposition[point];
        if (index == 0) points.Add(point);
        else points.AddRange(UnicodeTables.Instance.Strings[index - 1].EnumerateRunes().Select(static r => r.Value));
    }

    /// <summary>Canonical ordering; runs of marks are sorted as a whole, so a long run is no quadratic trap.</summary>
    private static void Reorder(List<int> points)
    {
        for (var i = 0; i < points.Count; i++)
        {
            if (Rank(points[i]) == 0) continue;
            var end = i + 1;
            while (end < points.Count && Rank(points[end]) > 0) end++;
            if (end - i > 1)
            {
                var sorted = points.GetRange(i, end - i).OrderBy(Rank).ToList(); // a stable sort
                for (var j = 0; j < sorted.Count; j++) points[i + j] = sorted[j];
            }
            i = end;
        }
    }

    private static List<int> Compose(List<int> points)
    {
        var result = new List<int>(points.Count);
        var starter = -1;
        var lastRank = -1; // of what stands between the starter and the current point; -1: nothing does
        foreach (var point in points)
        {
            var rank = Rank(point);
            if (starter >= 0 && (lastRank < rank || lastRank < 0) && TryCompose(result[starter], point, out var composite))
            {
                result[starter] = composite;
                continue;
            }
            if (rank == 0)
            {
                starter = result.Count;
                lastRank = -1;
            }
            else lastRank = rank;
            result.Add(point);
        }
        return result;
    }

    private static bool TryCompose(int first, int second, out int composite)
    {
        int l = first - LBase, v = second - VBase, s = first - SBase, t = second - TBase;
        if (l is >= 0 and < LCount && v is >= 0 and < VCount)
        {
            composite = SBase + (l * VCount + v) * TCount;
            return true;
        }
        if (s is >= 0 and < LCount * VCount * TCount && s % TCount == 0 && t is > 0 and < TCount)
        {
            composite = first + t;
            return true;
        }
        return UnicodeTables.Instance.Composites.TryGetValue((first, second), out composite);
    }
}
