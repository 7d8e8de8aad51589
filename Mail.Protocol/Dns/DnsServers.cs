using System.Globalization;
using System.Net;

namespace Mail.Protocol.Dns;

/// <summary>Goes through the servers until one gives a usable answer. A server that was silent is asked last for a while.</summary>
internal sealed class DnsServers(IReadOnlyList<IPEndPoint> servers, int attempts, DnsTransport transport, TimeProvider clock)
{
    private static readonly TimeSpan Penalty = TimeSpan.FromSeconds(30);

    private readonly long[] _silentSince = new long[servers.Count];

    public async Task<DnsReply> AskAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
    {
        DnsReply? failure = null;
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            foreach (var index in InOrder())
            {
                var reply = await transport.AskAsync(servers[index], name, type, cancellationToken);
                Remember(index, reply);
                if (reply is DnsReply.Answered { Message.Rcode: DnsMessage.NoError or DnsMessage.NxDomain })
                    return reply;
                // An answer that says "failed" tells more than silence.
                if (failure is null or DnsReply.Silent)
                    failure = Describe(reply, servers[index]);
            }
        }
        return failure!;
    }

    private IEnumerable<int> InOrder()
    {
        var all = Enumerable.Range(0, servers.Count);
        return servers.Count == 1 ? all : all.OrderBy(IsSilent);
    }

    private bool IsSilent(int index)
    {
        var since = Volatile.Read(ref _silentSince[index]);
        return since != 0 && clock.GetElapsedTime(since) < Penalty;
    }

    private void Remember(int index, DnsReply reply) => Volatile.Write(ref _silentSince[index], reply is DnsReply.Silent ? clock.GetTimestamp() : 0);

    private static DnsReply Describe(DnsReply reply, IPEndPoint server) => reply switch
    {
        DnsReply.Answered answered => new DnsReply.Unusable($"{server}: {RcodeName(answered.Message.Rcode)}"),
        DnsReply.Unusable unusable => new DnsReply.Unusable($"{server}: {unusable.Detail}"),
        DnsReply.Silent silent => new DnsReply.Silent($"{server}: {silent.Detail}"),
        _ => throw new ArgumentOutOfRangeException(nameof(reply)),
    };

    private static string RcodeName(int rcode) => rcode switch
    {
        DnsMessage.FormErr => "FORMERR",
        2 => "SERVFAIL",
        DnsMessage.NotImp => "NOTIMP",
        5 => "REFUSED",
        _ => string.Create(CultureInfo.InvariantCulture, $"RCODE {rcode}"),
    };
}
