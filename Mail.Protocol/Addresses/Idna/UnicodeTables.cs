using System.IO.Compression;
using System.Text;

namespace Mail.Protocol.Addresses.Idna;

/// <summary>
/// Properties of Unicode 17 that names need, from <c>unicode.bin</c> (made by <c>generate.mjs</c>). The hosts run with invariant
/// globalization: the framework then neither normalizes nor maps, so it can't be asked.
/// </summary>
internal sealed class UnicodeTables
{
    private static readonly Lazy<UnicodeTables> Loaded = new(Load);

    private UnicodeTables(Reader reader)
    {
        Status = reader.ReadMap();
        Marks = reader.ReadMap();
        CombiningRank = reader.ReadMap();
        Bidi = reader.ReadMap();
        Joining = reader.ReadMap();
        Decomposition = reader.ReadMap();
        Composites = reader.ReadComposites();
        Strings = reader.ReadStrings();
    }

    internal static UnicodeTables Instance => Loaded.Value;

    /// <summary>UTS 46 status: 0 valid, 1 disallowed, 2 ignored, odd from 3 a string, even from 4 a zigzag distance.</summary>
    internal CodePointMap Status { get; }
    internal CodePointMap Marks { get; }
    /// <summary>0 for starters, else the order of combining classes; viramas have 1,000 more.</summary>
    internal CodePointMap CombiningRank { get; }
    internal CodePointMap Bidi { get; }
    internal CodePointMap Joining { get; }
    /// <summary>Full canonical decomposition as index into <see cref="Strings"/> plus 1.</summary>
    internal CodePointMap Decomposition { get; }
    internal Dictionary<(int First, int Second), int> Composites { get; }
    internal string[] Strings { get; }

    private static UnicodeTables Load()
    {
        using var resource = typeof(UnicodeTables).Assembly.GetManifestResourceStream("Mail.Protocol.Unicode")
            ?? throw new InvalidOperationException("The Unicode tables are missing from the assembly.");
        using var stream = new BrotliStream(resource, CompressionMode.Decompress);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return new UnicodeTables(new Reader(memory.ToArray()));
    }

    private sealed class Reader(byte[] data)
    {
        private int _position;

        private int Number()
        {
            int value = 0, shift = 0;
            while (true)
            {
                var octet = data[_position++];
                value |= (octet & 127) << shift;
                if (octet < 128) return value;
                shift += 7;
            }
        }

        internal CodePointMap ReadMap()
        {
            var count = Number();
            var (starts, values) = (new int[count], new int[count]);
            for (int i = 0, at = 0; i < count; i++)
            {
                starts[i] = at += Number();
                values[i] = Number();
            }
            return new CodePointMap(starts, values);
        }

        internal Dictionary<(int, int), int> ReadComposites()
        {
            var count = Number();
            var pairs = new Dictionary<(int, int), int>(count);
            for (var i = 0; i < count; i++) pairs[(Number(), Number())] = Number();
            return pairs;
        }

        internal string[] ReadStrings()
        {
            var strings = new string[Number()];
            for (var i = 0; i < strings.Length; i++)
            {
                var length = Number();
                strings[i] = Encoding.UTF8.GetString(data, _position, length);
                _position += length;
            }
            return strings;
        }
    }
}

/// <summary>A value for every code point, kept as runs.</summary>
internal sealed class CodePointMap(int[] starts, int[] values)
{
    internal int this[int codePoint]
    {
        get
        {
            var index = Array.BinarySearch(starts, codePoint);
            return values[index >= 0 ? index : ~index - 1];
        }
    }
}
