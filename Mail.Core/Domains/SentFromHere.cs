using System.Net;
using System.Net.Sockets;
using Mail.Protocol.Dns;

namespace Mail.Core.Domains;

/// <summary>
/// A resolver for mail that our own workers bring: in SPF records the terms that stand for our senders stand for the
/// client as well, wherever in the network it sits. So the result says what a receiver outside would find.
/// </summary>
/// <param name="terms">As <see cref="Records.DomainRecords.SpfTerms"/>.</param>
public sealed class SentFromHere(IDnsResolver inner, IReadOnlyList<string> terms, IPAddress client) : TxtOverlay(inner)
{
    private readonly string _mechanism = client.AddressFamily == AddressFamily.InterNetworkV6 && !client.IsIPv4MappedToIPv6
        ? $"ip6:{new IPAddress(client.GetAddressBytes())}"
        : $"ip4:{client.MapToIPv4()}";

    public override async Task<DnsResult<string>> ResolveTxtAsync(string name, CancellationToken cancellationToken)
    {
        var found = await Inner.ResolveTxtAsync(name, cancellationToken);
        return found.Records.Any(IsSpf) ? found with { Records = [.. found.Records.Select(Read)] } : found;
    }

    private string Read(string record) => IsSpf(record)
        ? string.Join(' ', record.Split(' ').Select(term => terms.Contains(term, StringComparer.OrdinalIgnoreCase) ? _mechanism : term))
        : record;

    // RFC 7208 §4.5
    private static bool IsSpf(string record) => record.StartsWith("v=spf1 ", StringComparison.OrdinalIgnoreCase);
}
