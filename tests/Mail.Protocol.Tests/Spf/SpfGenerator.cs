using System.Text.Json;
using Mail.Protocol.Dns;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Spf;

/// <summary>Makes small worlds of DNS with SPF records of every mechanism, and checks to run in them. The same seed makes the same world.</summary>
internal sealed class SpfGenerator(int seed)
{
    private static readonly string[] _names = ["a.example", "b.example", "c.example", "mail.a.example", "sub.b.example"];
    private static readonly string[] _fours = ["192.0.2.1", "192.0.2.2", "192.0.2.129", "198.51.100.1", "203.0.113.7"];
    private static readonly string[] _sixes = ["2001:db8::1", "2001:db8::2", "2001:db8:1::1", "2001:db9::1"];
    private static readonly string[] _locals = ["joe", "strong-bad", "a+b", "x.y.z"];

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, List<object[]>> _records = [];
    private readonly DnsZone _zone = new();

    public static SpfGeneratedCase Make(int seed) => new SpfGenerator(seed).Make();

    private SpfGeneratedCase Make()
    {
        foreach (var name in _names)
            AddName(name);
        foreach (var address in _fours.Concat(_sixes))
            AddReverse(address);
        var ip = Pick(_random.Next(3) == 0 ? _sixes : _fours);
        var sender = _random.Next(8) == 0 ? "" : $"{Pick(_locals)}@{Pick(_names)}";
        var helo = Pick(_names);
        return new SpfGeneratedCase(_zone, ip, sender, helo, JsonSerializer.Serialize(new { zone = _records, ip, sender, helo }));
    }

    private void AddName(string name)
    {
        Add(name, "A", Pick(_fours));
        Add(name, "AAAA", Pick(_sixes));
        if (_random.Next(3) > 0)
            Add(name, "A", Pick(_fours));
        for (var i = _random.Next(3); i >= 0; i--)
            Add(name, "MX", Pick(_names), (ushort)_random.Next(50));
        if (_random.Next(8) > 0)
            Add(name, "TXT", Record(name));
        if (_random.Next(25) == 0)
            Add(name, "TXT", Record(name));
    }

    private void AddReverse(string address)
    {
        var name = ReverseName.Of(System.Net.IPAddress.Parse(address));
        for (var i = _random.Next(1, 3); i > 0; i--)
            Add(name, "PTR", Pick(_names));
    }

    private void Add(string name, string type, string value, ushort preference = 0)
    {
        if (!_records.TryGetValue(name, out var records))
            _records[name] = records = [];
        records.Add([type, type == "MX" ? new object[] { preference, value } : value]);
        _ = type switch
        {
            "A" => _zone.A(name, value),
            "AAAA" => _zone.Aaaa(name, value),
            "MX" => _zone.Mx(name, preference, value),
            "TXT" => _zone.Txt(name, value),
            _ => _zone.Add(name, DnsRecordType.Ptr, value),
        };
    }

    private string Record(string name)
    {
        var terms = new List<string> { "v=spf1" };
        for (var i = _random.Next(5); i > 0; i--)
            terms.Add(Pick("", "", "+", "-", "~", "?") + Mechanism(name));
        if (_random.Next(12) == 0)
            terms.Add(Pick("all:x", "ip4:1.2.3", "a/33", "foo", "ip6:::1/129", "ptr/0", "a:%{x}.example", "x=%", "=a", "exists:a..b.example", "mx:"));
        // Not together with "all": python3-spf counts a redirect that RFC 7208 §5.1 ignores.
        var redirects = _random.Next(4) == 0;
        if (redirects)
            terms.Add("redirect=" + Other(name));
        if (_random.Next(6) == 0)
            terms.Add(Pick("x-y=z", "exp=" + Target(), "op.tion=%{d}"));
        if (!redirects && _random.Next(3) > 0)
            terms.Add(Pick("-all", "~all", "?all", "all", "-ALL"));
        return string.Join(' ', terms);
    }

    private string Mechanism(string name) => _random.Next(8) switch
    {
        0 => "a" + Target(":") + Prefixes(),
        1 => "mx" + Target(":") + Prefixes(),
        2 => "include:" + Other(name),
        3 => "exists:" + Target(),
        4 => "ptr" + Target(":"),
        5 => "IP6:" + Pick(_sixes) + Pick("", "/32", "/48", "/128", "/0"),
        _ => "ip4:" + Pick(_fours) + Pick("", "/24", "/25", "/32", "/0", "/7"),
    };

    private string Prefixes() => Pick("", "", "/24", "//32", "/25//48", "/0", "//0");

    private string Target(string separator) => _random.Next(2) == 0 ? "" : separator + Target();

    // Python3-spf refuses a record that includes itself at first sight, also where the include is never reached.
    private string Other(string name) => Pick([.. _names.Where(n => n != name)]);

    private string Target() => _random.Next(4) > 0 ? Pick(_names) : Pick("%{d}", "%{o}", "%{h}", "mail.%{d2}", "%{d1r}.example", "%{l1r-}.example", "%{D}");

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];
}

/// <summary>A zone, what to check in it, and both as JSON for another program.</summary>
internal sealed record SpfGeneratedCase(DnsZone Zone, string Address, string Sender, string Helo, string Json);
