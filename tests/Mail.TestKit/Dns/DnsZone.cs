using System.Net;
using Mail.Protocol.Dns;

namespace Mail.TestKit.Dns;

/// <summary>
/// All of the DNS that a test sees. Filled in code or from a zone text; may change while resolvers and servers read it.
/// Names are compared without case and without trailing dot.
/// </summary>
public sealed class DnsZone
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<DnsZoneRecord>> _names = [];
    private readonly Dictionary<(string Name, DnsRecordType? Type), DnsStatus> _failures = [];

    /// <summary>Whether answers carry the AD bit.</summary>
    public bool IsAuthentic { get; set; }

    public DnsZone Mx(string name, ushort preference, string exchange) => Add(name, DnsRecordType.Mx, new MxRecord(preference, Normalize(exchange)));

    public DnsZone NullMx(string name) => Mx(name, 0, "");

    public DnsZone A(string name, params string[] addresses) => AddAddresses(name, DnsRecordType.A, addresses);

    public DnsZone Aaaa(string name, params string[] addresses) => AddAddresses(name, DnsRecordType.Aaaa, addresses);

    /// <summary>One TXT record of the given character-strings; a longer one than 255 octets is cut into several.</summary>
    public DnsZone Txt(string name, params string[] strings) =>
        Add(name, DnsRecordType.Txt, strings.SelectMany(s => s.Length == 0 ? [""] : s.Chunk(255).Select(c => new string(c))).ToArray());

    public DnsZone Cname(string name, string target) => Add(name, DnsRecordType.Cname, Normalize(target));

    public DnsZone Ptr(string address, string host) => Add(ReverseName.Of(IPAddress.Parse(address)), DnsRecordType.Ptr, Normalize(host));

    public DnsZone Tlsa(string name, byte usage, byte selector, byte matchingType, byte[] data) =>
        Add(name, DnsRecordType.Tlsa, new TlsaRecord(usage, selector, matchingType, data));

    public DnsZone Caa(string name, byte flags, string tag, string value) => Add(name, DnsRecordType.Caa, new CaaRecord(flags, tag, value));

    /// <summary>Makes questions for a name (of one type, or of all) end in SERVFAIL.</summary>
    public DnsZone ServFail(string name, DnsRecordType? type = null) => Fail(name, type, DnsStatus.ServFail);

    /// <summary>Makes questions for a name (of one type, or of all) go unanswered.</summary>
    public DnsZone Timeout(string name, DnsRecordType? type = null) => Fail(name, type, DnsStatus.Timeout);

    public DnsZone Add(string name, DnsRecordType type, object data, uint ttlSeconds = 300)
    {
        var key = Normalize(name);
        lock (_lock)
        {
            if (!_names.TryGetValue(key, out var records))
                _names[key] = records = [];
            records.Add(new DnsZoneRecord(key, type, ttlSeconds, data));
        }
        return this;
    }

    /// <summary>Forgets everything about a name, failures included.</summary>
    public DnsZone Remove(string name)
    {
        var key = Normalize(name);
        lock (_lock)
        {
            _names.Remove(key);
            foreach (var failure in _failures.Keys.Where(k => k.Name == key).ToList())
                _failures.Remove(failure);
        }
        return this;
    }

    /// <summary>Reads lines <c>name [ttl] TYPE data</c>; <c>;</c> starts a comment. See <see cref="DnsZoneText"/>.</summary>
    public static DnsZone Parse(string text) => new DnsZone().AddText(text);

    /// <summary>Adds such lines.</summary>
    public DnsZone AddText(string text)
    {
        DnsZoneText.ReadInto(this, text);
        return this;
    }

    /// <summary>The answer to one question: the CNAME chain, then the records of the type.</summary>
    public DnsZoneAnswer Find(string name, DnsRecordType type)
    {
        var chain = new List<DnsZoneRecord>();
        var current = Normalize(name);
        lock (_lock)
        {
            for (var hops = 0; hops < 20; hops++)
            {
                if (FailureOf(current, type) is { } failure)
                    return new DnsZoneAnswer(failure, chain, current);
                var records = RecordsAt(current);
                if (records is null)
                    return new DnsZoneAnswer(Exists(current) ? DnsStatus.NoData : DnsStatus.NxDomain, chain, current);
                var found = records.Where(r => r.Type == type).ToList();
                if (found.Count > 0)
                    return new DnsZoneAnswer(DnsStatus.Found, [.. chain, .. found], current);
                if (records.Find(r => r.Type == DnsRecordType.Cname) is not { } alias)
                    return new DnsZoneAnswer(DnsStatus.NoData, chain, current);
                chain.Add(alias with { Name = current });
                current = (string)alias.Data;
            }
        }
        return new DnsZoneAnswer(DnsStatus.ServFail, chain, current);
    }

    internal static string Normalize(string name) => name.TrimEnd('.').ToLowerInvariant();

    private DnsZone AddAddresses(string name, DnsRecordType type, string[] addresses)
    {
        foreach (var address in addresses)
            Add(name, type, IPAddress.Parse(address));
        return this;
    }

    private DnsZone Fail(string name, DnsRecordType? type, DnsStatus status)
    {
        lock (_lock)
            _failures[(Normalize(name), type)] = status;
        return this;
    }

    private DnsStatus? FailureOf(string name, DnsRecordType type) =>
        _failures.TryGetValue((name, type), out var status) || _failures.TryGetValue((name, null), out status) ? status : null;

    private List<DnsZoneRecord>? RecordsAt(string name)
    {
        if (_names.TryGetValue(name, out var records))
            return records;
        // RFC 1034 §4.3.3: an asterisk stands for one label or several.
        for (var dot = name.IndexOf('.'); dot > 0; dot = name.IndexOf('.', dot + 1))
        {
            if (_names.TryGetValue("*" + name[dot..], out var wild))
                return wild.ConvertAll(r => r with { Name = name });
            if (_names.ContainsKey(name[(dot + 1)..]))
                return null;
        }
        return null;
    }

    // RFC 8020: a name exists when anything exists below it.
    private bool Exists(string name) => name.Length == 0 || _names.Keys.Any(k => k.EndsWith("." + name, StringComparison.Ordinal));
}

/// <summary>One record; <paramref name="Data"/> is the typed record, a <c>string[]</c> for TXT, a name for CNAME and PTR.</summary>
public sealed record DnsZoneRecord(string Name, DnsRecordType Type, uint TtlSeconds, object Data);

/// <summary>What the zone says: status, CNAME chain and records, and the name at the end of the chain.</summary>
public sealed record DnsZoneAnswer(DnsStatus Status, IReadOnlyList<DnsZoneRecord> Records, string CanonicalName);
