namespace Mail.Protocol.Dns;

/// <summary>One question on its way through a CNAME chain, which may take several messages.</summary>
internal sealed class DnsChain(string name)
{
    // RFC 1034 §3.6.2 wants chains followed and loops signalled; public resolvers stop between 8 and 16.
    private const int MaxAliases = 12;

    private int _aliases;
    private uint _ttl = int.MaxValue;
    private bool _authentic = true;

    /// <summary>The name to ask for now.</summary>
    public string Name { get; private set; } = name;

    /// <summary>Takes a message in. Null when the chain leads to a name that the message says nothing about.</summary>
    public DnsResult<T>? Read<T>(DnsMessage message, DnsRecordKind<T> kind)
    {
        _authentic &= message.IsAuthentic;
        var start = Name;
        while (true)
        {
            if (!TryReadRecords(message, kind, out var records))
                return Failed<T>("malformed record");
            if (records.Count > 0)
                return Ended(DnsStatus.Found, records);
            if (FindAlias(message) is not { } alias)
                break;
            if (++_aliases > MaxAliases)
                return Failed<T>("CNAME chain loops or is too long");
            _ttl = Math.Min(_ttl, alias.Ttl);
            var offset = alias.Offset;
            if (!DnsName.TryRead(message.Bytes, ref offset, out var target) || target.Length == 0)
                return Failed<T>("malformed CNAME");
            Name = target;
        }
        var leadsOn = Name != start && message.NegativeTtl is null && message.Rcode == DnsMessage.NoError;
        if (leadsOn)
            return null;
        // RFC 2308 §5: a negative answer without SOA is not kept. RFC 6604 §3: the code speaks of the end of the chain.
        _ttl = Math.Min(_ttl, message.NegativeTtl ?? 0);
        return Ended<T>(message.Rcode == DnsMessage.NxDomain ? DnsStatus.NxDomain : DnsStatus.NoData, []);
    }

    private bool TryReadRecords<T>(DnsMessage message, DnsRecordKind<T> kind, out List<T> records)
    {
        records = [];
        foreach (var view in message.Answers)
        {
            if (view.Type != kind.Type || view.Owner != Name)
                continue;
            if (!kind.Read(message.Bytes, view.Offset, view.Length, out var record))
                return false;
            records.Add(record);
            _ttl = Math.Min(_ttl, view.Ttl);
        }
        return true;
    }

    private DnsRecordView? FindAlias(DnsMessage message)
    {
        foreach (var view in message.Answers)
        {
            if (view.Type == DnsRecordType.Cname && view.Owner == Name)
                return view;
        }
        return null;
    }

    private DnsResult<T> Ended<T>(DnsStatus status, List<T> records) => new()
    {
        Status = status,
        Records = records,
        Ttl = TimeSpan.FromSeconds(_ttl),
        IsAuthentic = _authentic,
        CanonicalName = Name,
    };

    private DnsResult<T> Failed<T>(string detail) => new() { Status = DnsStatus.ServFail, CanonicalName = Name, Detail = detail };
}
