namespace Mail.Protocol.Smtp;

/// <summary>A server says the same few things over and over: equal octets give the same reply without parsing.</summary>
internal sealed class SmtpReplyCache
{
    private const int Size = 8;
    private const int MaxOctets = 128;
    private readonly (byte[] Wire, SmtpReply Reply)[] _entries = new (byte[], SmtpReply)[Size];
    private int _next;

    public bool TryFind(ReadOnlySpan<byte> input, out SmtpReply? reply, out int consumed)
    {
        foreach (var (wire, cached) in _entries)
        {
            if (wire is null || !input.StartsWith(wire))
                continue;
            (reply, consumed) = (cached, wire.Length);
            return true;
        }
        (reply, consumed) = (null, 0);
        return false;
    }

    public void Add(ReadOnlySpan<byte> wire, SmtpReply reply)
    {
        // End-of-data replies carry queue ids and would only push the others out.
        if (wire.Length > MaxOctets || reply.Lines.Count > 1 || reply.Lines[0].Any(char.IsAsciiDigit))
            return;
        _entries[_next] = (wire.ToArray(), reply);
        _next = (_next + 1) % Size;
    }
}
