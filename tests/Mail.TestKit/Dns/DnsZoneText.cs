using System.Globalization;
using System.Net;
using System.Text;
using Mail.Protocol.Dns;

namespace Mail.TestKit.Dns;

/// <summary>
/// The text form of a <see cref="DnsZone"/>: <c>name [ttl] [IN] TYPE data</c> per line, names always absolute, <c>;</c> starts a comment.
/// Texts are quoted (<c>"v=spf1 " "-all"</c>), TLSA data is hexadecimal, a null MX is <c>0 .</c>.
/// <c>name SERVFAIL [TYPE]</c> and <c>name TIMEOUT [TYPE]</c> make questions fail. For PTR the name may be an address.
/// </summary>
internal static class DnsZoneText
{
    public static void ReadInto(DnsZone zone, string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var words = Split(line);
            if (words.Count > 0)
                ReadRecord(zone, words, line);
        }
    }

    private static void ReadRecord(DnsZone zone, List<string> words, string line)
    {
        var at = 1;
        var ttl = uint.TryParse(words.ElementAtOrDefault(1), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 300;
        if (ttl == given && words.Count > 2 && uint.TryParse(words[1], out _))
            at = 2;
        if (words.Count > at && words[at] is "IN")
            at++;
        if (words.Count <= at)
            throw new FormatException($"Zone line without type: {line}");
        var data = words[(at + 1)..];
        var name = words[0];
        var type = words[at].ToUpperInvariant();
        if (type is "SERVFAIL" or "TIMEOUT")
        {
            DnsRecordType? only = data.Count > 0 ? Enum.Parse<DnsRecordType>(data[0], ignoreCase: true) : null;
            _ = type == "SERVFAIL" ? zone.ServFail(name, only) : zone.Timeout(name, only);
            return;
        }
        var recordType = Enum.Parse<DnsRecordType>(type, ignoreCase: true);
        if (recordType == DnsRecordType.Ptr && IPAddress.TryParse(name, out var address))
            name = ReverseName.Of(address);
        zone.Add(name, recordType, Data(recordType, data, line), ttl);
    }

    private static object Data(DnsRecordType type, List<string> words, string line) => type switch
    {
        DnsRecordType.A or DnsRecordType.Aaaa => IPAddress.Parse(words[0]),
        DnsRecordType.Cname or DnsRecordType.Ptr => DnsZone.Normalize(words[0]),
        DnsRecordType.Mx => new MxRecord(ushort.Parse(words[0], CultureInfo.InvariantCulture), DnsZone.Normalize(words[1])),
        DnsRecordType.Txt => words.ToArray(),
        DnsRecordType.Tlsa => new TlsaRecord(Byte(words[0]), Byte(words[1]), Byte(words[2]), Convert.FromHexString(words[3])),
        DnsRecordType.Caa => new CaaRecord(Byte(words[0]), words[1], words[2]),
        _ => throw new FormatException($"Zone line of an unknown type: {line}"),
    };

    private static byte Byte(string word) => byte.Parse(word, CultureInfo.InvariantCulture);

    private static List<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quoted, started) = (false, false);
        foreach (var c in line.TrimEnd('\r'))
        {
            if (c == '"')
                (quoted, started) = (!quoted, true);
            else if (quoted || (!char.IsWhiteSpace(c) && c != ';'))
                word.Append(c);
            else
            {
                Flush();
                if (c == ';')
                    break;
            }
        }
        if (quoted)
            throw new FormatException($"Zone line with an open quote: {line}");
        Flush();
        return words;

        void Flush()
        {
            if (word.Length > 0 || started)
                words.Add(word.ToString());
            word.Clear();
            started = false;
        }
    }
}
