using Mail.Protocol.Dns;

namespace Mail.Protocol.Dkim;

/// <summary>Fetches the key records of a signature (RFC 6376 §6.1.2) and tries them on it.</summary>
internal static class KeyCheck
{
    /// <summary>How the best of the records did: <c>Fault</c> is null when one of them fits.</summary>
    public static (SignatureFault? Fault, bool IsTesting) Run(
        DnsResult<string> answer, DkimKeyType type, byte[] hash, byte[] signature, int maxRecords, string? identityDomain, string domain)
    {
        if (FaultOf(answer) is { } noKey)
            return (noKey, false);

        var best = (Fault: new SignatureFault(DkimStatus.Permerror, "no key for signature"), IsTesting: false);
        foreach (var record in answer.Records.Take(maxRecords))
        {
            var (key, fault) = DkimPublicKey.Read(record, type);
            // RFC 6376 §3.6.1, flag s
            if (key is { RequiresSameDomain: true } && identityDomain is not null && !identityDomain.Equals(domain, StringComparison.OrdinalIgnoreCase))
                fault = new(DkimStatus.Permerror, "i= is not d=, as the key asks");
            fault ??= key!.Check(hash, signature);
            if (fault is null)
                return (null, key!.IsTesting);
            if (best.Fault.Status != DkimStatus.Fail)
                best = (fault, key?.IsTesting ?? false);
        }

        return best;
    }

    private static SignatureFault? FaultOf(DnsResult<string> answer) => answer.Status switch
    {
        DnsStatus.Found => null,
        DnsStatus.NoData or DnsStatus.NxDomain => new(DkimStatus.Permerror, "no key for signature"),
        DnsStatus.ServFail or DnsStatus.Timeout => new(DkimStatus.Temperror, "key unavailable"),
        _ => new(DkimStatus.Permerror, "the name of the key is invalid"),
    };
}
