using System.Net;
using Mail.Core.Domains.Records;
using Mail.Protocol.Dns;
using Microsoft.Extensions.Options;

namespace Mail.Core.Domains.Blocklists;

/// <summary>Asks DNS blocklists about a domain and about the addresses that its mail comes from.</summary>
public sealed class BlocklistCheck(
    IDnsResolver resolver, IOptions<BlocklistOptions> options, IOptions<MailHostOptions> host, TimeProvider clock)
{
    private const int MaxAddresses = 16;
    private readonly BlocklistOptions _options = options.Value;

    public async Task<IReadOnlyList<BlocklistEntry>> RunAsync(string domain, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var addresses = _options.AddressZones.Count == 0 ? [] : await AddressesAsync(limit.Token, cancellationToken);
        // RFC 5782 §2.1, §2.4 and §3.1: addresses are asked for in the reversed form of in-addr.arpa and ip6.arpa, domains as they are.
        var questions = _options.AddressZones.SelectMany(zone => addresses, (zone, address) => (Zone: zone, Subject: address.ToString(), Name: Reversed(address)))
            .Concat(_options.DomainZones.Select(zone => (Zone: zone, Subject: domain, Name: domain)));
        return await Task.WhenAll(questions.Select(question =>
            AskAsync(question.Zone, question.Subject, $"{question.Name}.{question.Zone}", limit.Token, cancellationToken)));
    }

    private async Task<BlocklistEntry> AskAsync(
        string zone, string subject, string name, CancellationToken limited, CancellationToken cancellationToken)
    {
        try
        {
            var result = await resolver.ResolveAAsync(name, limited);
            if (!result.IsFound)
                return new BlocklistEntry(zone, subject, result.IsTemporary ? BlocklistStatus.Unknown : BlocklistStatus.NotListed, [], null);
            var reasons = await resolver.ResolveTxtAsync(name, limited);
            return new BlocklistEntry(zone, subject, StatusOf(result.Records), [.. result.Records.Select(code => code.ToString())],
                reasons.IsFound ? RecordText.Shown(reasons.Records[0]) : null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new BlocklistEntry(zone, subject, BlocklistStatus.Unknown, [], null);
        }
    }

    // RFC 5782 §2.1: answers are in 127.0.0.0/8. Other answers come from parked zones, and 127.255.255.x says that the
    // list refuses the resolver: neither is a listing.
    private static BlocklistStatus StatusOf(IReadOnlyList<IPAddress> codes)
    {
        var octets = codes.Select(code => code.GetAddressBytes()).Where(code => code is [127, _, _, _]).ToList();
        return octets.Exists(code => code is not [127, 255, 255, _]) ? BlocklistStatus.Listed : BlocklistStatus.Unknown;
    }

    private async Task<List<IPAddress>> AddressesAsync(CancellationToken limited, CancellationToken cancellationToken)
    {
        if (_options.SendingAddresses.Count > 0)
            return [.. _options.SendingAddresses.Select(IPAddress.Parse)];
        try
        {
            var found = await Task.WhenAll(resolver.ResolveAAsync(host.Value.Name, limited), resolver.ResolveAaaaAsync(host.Value.Name, limited));
            return [.. found.SelectMany(result => result.Records).Take(MaxAddresses)];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [];
        }
    }

    private static string Reversed(IPAddress address)
    {
        var name = ReverseName.Of(address);
        return name[..name.LastIndexOf('.', name.LastIndexOf('.') - 1)];
    }
}

internal sealed class BlocklistOptionsValidator : IValidateOptions<BlocklistOptions>
{
    public ValidateOptionsResult Validate(string? name, BlocklistOptions options)
    {
        var bad = options.SendingAddresses.Where(address => !IPAddress.TryParse(address, out _)).ToList();
        return bad.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(bad.Select(address => $"Mail:Blocklists:SendingAddresses has '{address}', which is no address."));
    }
}
