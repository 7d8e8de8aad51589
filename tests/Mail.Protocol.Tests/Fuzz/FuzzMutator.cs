using System.Text;

namespace Mail.Protocol.Tests.Fuzz;

/// <summary>Makes inputs from a corpus: flips, cuts, repetitions, splices, and the tokens that matter in mail protocols.</summary>
internal sealed class FuzzMutator(int seed, IReadOnlyList<byte[]> corpus)
{
    private const int MaxBytes = 64 * 1024;

    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "\r\n", "\n", "\r", "\0", "\t", " ", "  ", "\r\n ", "\r\n\r\n", ".\r\n", "\r\n.\r\n", "--", "=", "==", "=3D", "=\r\n", "=?", "?=", "=?utf-8?Q?",
            "=?utf-8?B?", "\"", "\\", "\\\"", "(", ")", "<", ">", "[", "]", "@", ",", ";", ":", ".", "..", "/", "%", "%2", "*", "*0*=", "''", "+", "&", "{", "}",
            "%{d}", "%{i}", "a:", "mx:", "include:", "v=", "b=", "bh=", "begin 644 a\n", "end\n", "\u00ff\u00fe", "\u00c3\u00bc", "\u00e2\u0080\u00a8", "xn--", "-1", "0",
            "2147483647", "4294967296", "99999999999999999999", "Content-Type: multipart/mixed; boundary=a\r\n\r\n", "Content-Transfer-Encoding: base64\r\n",
            "message/rfc822", "charset=utf-7", "250-", "250 ", "5.1.1",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    private readonly Random _random = new(seed);

    internal byte[] Next()
    {
        var data = new List<byte>(Pick(corpus));
        var rounds = 1 + _random.Next(8);
        for (var i = 0; i < rounds; i++) Mutate(data);
        if (data.Count > MaxBytes) data.RemoveRange(MaxBytes, data.Count - MaxBytes);
        return [.. data];
    }

    private void Mutate(List<byte> data)
    {
        var at = _random.Next(data.Count + 1);
        switch (_random.Next(8))
        {
            case 0 when at < data.Count:
                data[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < data.Count:
                data[at] = (byte)_random.Next(256);
                break;
            case 2:
                data.RemoveRange(at, Math.Min(data.Count - at, 1 + _random.Next(32)));
                break;
            case 3:
                Repeat(data, at);
                break;
            case 4:
                Splice(data, at);
                break;
            case 5 when _random.Next(8) == 0:
                data.RemoveRange(at, data.Count - at);
                break;
            default:
                data.InsertRange(at, Pick(Tokens));
                break;
        }
    }

    /// <summary>Long runs of one piece are what finds quadratic code.</summary>
    private void Repeat(List<byte> data, int at)
    {
        var length = Math.Min(data.Count - at, 1 + _random.Next(40));
        var piece = data.GetRange(at, length);
        var times = 1 << _random.Next(11);
        var result = new List<byte>();
        for (var i = 0; i < times && result.Count < MaxBytes; i++) result.AddRange(piece);
        data.InsertRange(at, result);
    }

    private void Splice(List<byte> data, int at)
    {
        var other = Pick(corpus);
        var from = _random.Next(other.Length + 1);
        data.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, _random.Next(512))).ToArray());
    }

    private T Pick<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];
}
