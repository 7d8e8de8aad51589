using System.Text;

namespace Mail.Protocol.Addresses.Idna;

/// <summary>Punycode of one label (RFC 3492 §6). Labels are short, so the inner quadratic loop is bounded by 63 × 63.</summary>
internal static class Punycode
{
    private const int Base = 36, TMin = 1, TMax = 26, Skew = 38, Damp = 700, InitialBias = 72, InitialN = 128; // RFC 3492 §5
    private const int MaxLabel = 63;

    internal static bool TryEncode(ReadOnlySpan<Rune> input, out string label)
    {
        label = "";
        var output = new StringBuilder();
        foreach (var rune in input)
            if (rune.IsAscii) output.Append((char)rune.Value);
        int basic = output.Length, handled = basic;
        if (basic > 0) output.Append('-');
        int n = InitialN, delta = 0, bias = InitialBias;
        while (handled < input.Length)
        {
            if (output.Length > MaxLabel) return false;
            var m = int.MaxValue;
            foreach (var rune in input)
                if (rune.Value >= n && rune.Value < m) m = rune.Value;
            delta += (m - n) * (handled + 1);
            n = m;
            foreach (var rune in input)
            {
                if (rune.Value < n) delta++;
                if (rune.Value != n) continue;
                AppendInteger(output, delta, bias);
                bias = Adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled++;
            }
            delta++;
            n++;
        }
        label = output.ToString();
        return true;
    }

    private static void AppendInteger(StringBuilder output, int q, int bias)
    {
        for (var k = Base; ; k += Base)
        {
            var t = Threshold(k, bias);
            if (q < t) break;
            output.Append(Digit(t + (q - t) % (Base - t)));
            q = (q - t) / (Base - t);
        }
        output.Append(Digit(q));
    }

    internal static bool TryDecode(ReadOnlySpan<char> input, out List<Rune> runes)
    {
        runes = [];
        if (input.Length > MaxLabel) return false;
        var basic = input.LastIndexOf('-');
        for (var j = 0; j < basic; j++)
        {
            if (input[j] >= 0x80) return false;
            runes.Add(new Rune(input[j]));
        }
        int n = InitialN, bias = InitialBias, position = basic < 0 ? 0 : basic + 1;
        long i = 0;
        while (position < input.Length)
        {
            var old = i;
            if (!TryReadInteger(input, ref position, bias, ref i)) return false;
            bias = Adapt((int)(i - old), runes.Count + 1, old == 0);
            if (i / (runes.Count + 1) > 0x10ffff - n) return false;
            n += (int)(i / (runes.Count + 1));
            i %= runes.Count + 1;
            if (!Rune.IsValid(n)) return false;
            runes.Insert((int)i++, new Rune(n));
        }
        return true;
    }

    private static bool TryReadInteger(ReadOnlySpan<char> input, ref int position, int bias, ref long i)
    {
        long weight = 1;
        for (var k = Base; ; k += Base)
        {
            if (position >= input.Length) return false;
            var digit = Value(input[position++]);
            if (digit < 0) return false;
            i += digit * weight;
            if (i > int.MaxValue) return false; // RFC 3492 §6.4 overflow
            var t = Threshold(k, bias);
            if (digit < t) return true;
            weight *= Base - t;
            if (weight > int.MaxValue) return false;
        }
    }

    private static int Threshold(int k, int bias) => Math.Clamp(k - bias, TMin, TMax);

    private static int Adapt(int delta, int points, bool first)
    {
        delta = first ? delta / Damp : delta / 2;
        delta += delta / points;
        var k = 0;
        for (; delta > (Base - TMin) * TMax / 2; k += Base) delta /= Base - TMin;
        return k + (Base - TMin + 1) * delta / (delta + Skew);
    }

    private static char Digit(int value) => (char)(value < 26 ? 'a' + value : '0' + value - 26);

    private static int Value(char c) => c switch
    {
        >= 'a' and <= 'z' => c - 'a',
        >= 'A' and <= 'Z' => c - 'A',
        >= '0' and <= '9' => c - '0' + 26,
        _ => -1,
    };
}
