using Mail.Protocol.MtaSts;

namespace Mail.Core.Tls.Reports;

/// <summary>Sessions that went the same way.</summary>
/// <param name="Result">In the words of RFC 8460 §4.3; empty when all was as it should be.</param>
/// <param name="Policy">The policy as it was applied, one item a line.</param>
/// <param name="MxPatterns">The hosts that it names, one a line.</param>
public sealed record TlsSessionCount(
    DateOnly Day, string Domain, string PolicyType, string Result, string MxHost, string MxAddress, string Policy, string MxPatterns, long Sessions)
{
    /// <summary>Only so much of a policy that a stranger wrote is repeated.</summary>
    private const int MaxText = 8192;

    public const string Tlsa = "tlsa";
    public const string Sts = "sts";
    public const string NoPolicy = "no-policy-found";

    /// <summary>One session with a server under what its side asks for.</summary>
    public static TlsSessionCount Of(DateOnly day, string domain, HostTls tls, string? result, string host, string? address)
    {
        // A policy that could not be had is reported as one (RFC 8460 §4.3.2.2).
        var type = tls.Kind == HostTlsKind.Dane ? Tlsa : tls.Sts is not null || tls.Problem is not null ? Sts : NoPolicy;
        var policy = type == Tlsa
            ? string.Join('\n', tls.Tlsa.Select(record => $"{record.Usage} {record.Selector} {record.MatchingType} {Convert.ToHexStringLower(record.Data.Span)}"))
            : tls.Sts?.ToString().Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n') ?? "";
        return new TlsSessionCount(day, domain, type, result ?? "", host, address ?? "", Cut(policy), Cut(string.Join('\n', tls.Sts?.Mx ?? [])), 1);
    }

    internal static TlsReportPolicy PolicyOf(IGrouping<string, TlsSessionCount> counts)
    {
        var first = counts.First();
        return new TlsReportPolicy
        {
            Type = counts.Key,
            Domain = first.Domain,
            Lines = Lines(first.Policy),
            MxHosts = Lines(first.MxPatterns),
            Successes = counts.Where(count => count.Result.Length == 0).Sum(count => count.Sessions),
            Failures = counts.Where(count => count.Result.Length > 0).Sum(count => count.Sessions),
            Details = [.. counts.Where(count => count.Result.Length > 0).Take(TlsReportBuilder.MaxDetails).Select(count => new TlsReportFailure
            {
                ResultType = count.Result,
                ReceivingMxHostName = count.MxHost,
                ReceivingIp = count.MxAddress.Length > 0 ? count.MxAddress : null,
                Sessions = count.Sessions,
            })],
        };
    }

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText];

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
