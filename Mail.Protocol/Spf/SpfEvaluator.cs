using System.Net;
using Mail.Protocol.Dns;

namespace Mail.Protocol.Spf;

/// <summary>Checks whether a client may send mail for a domain (RFC 7208).</summary>
public static class SpfEvaluator
{
    private const string DefaultLocalPart = "postmaster";

    /// <summary>
    /// Checks a MAIL FROM identity; with the null reverse-path, the HELO identity takes its place (RFC 7208 §2.4).
    /// </summary>
    /// <param name="address">The client's address; IPv4-mapped IPv6 counts as IPv4.</param>
    /// <param name="mailFrom">The reverse-path without angle brackets; empty for the null one.</param>
    /// <param name="helo">The client's HELO or EHLO name.</param>
    /// <param name="resolver">Where to ask.</param>
    /// <param name="options">Bounds; null for those of the RFC.</param>
    /// <param name="cancellationToken">Ends the check with <see cref="OperationCanceledException"/>.</param>
    public static Task<SpfOutcome> CheckMailFromAsync(
        IPAddress address, string mailFrom, string helo, IDnsResolver resolver, SpfOptions? options, CancellationToken cancellationToken)
    {
        var at = mailFrom.LastIndexOf('@');
        var domain = mailFrom.Length == 0 ? helo : mailFrom[(at + 1)..];
        return CheckHostAsync(address, domain, mailFrom, helo, resolver, options, cancellationToken);
    }

    /// <summary>The check_host() function (RFC 7208 §4). Throws only when cancelled.</summary>
    /// <param name="address">The client's address; IPv4-mapped IPv6 counts as IPv4.</param>
    /// <param name="domain">The domain whose policy is asked for: of the sender, or the HELO name.</param>
    /// <param name="sender">The sender for macros; without local part, <c>postmaster</c> stands in; empty for the null reverse-path.</param>
    /// <param name="helo">The client's HELO or EHLO name, for macros.</param>
    /// <param name="resolver">Where to ask.</param>
    /// <param name="options">Bounds; null for those of the RFC.</param>
    /// <param name="cancellationToken">Ends the check with <see cref="OperationCanceledException"/>.</param>
    public static async Task<SpfOutcome> CheckHostAsync(
        IPAddress address, string domain, string sender, string helo, IDnsResolver resolver, SpfOptions? options, CancellationToken cancellationToken)
    {
        options ??= SpfOptions.Default;
        // RFC 7208 §4.3: a name with at least two labels; RFC 8616 §4: as A-labels.
        var name = MailDomain.ToName(domain) is { } ascii && ascii.Contains('.') ? ascii : null;
        var values = Values(address, sender, name ?? domain, helo, options);
        var from = $"{values.LocalPart}@{values.SenderDomain}";
        if (name is null)
            return new SpfOutcome(SpfResult.None, "", from, Problem: "not the name of a mail domain");

        using var deadline = new CancellationTokenSource(options.Timeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var check = new SpfCheck(values, new SpfLookups(resolver, options, either.Token));
            var verdict = await check.RunAsync(name);
            return new SpfOutcome(verdict.Result, name, from, verdict.Mechanism, await check.ExplainAsync(verdict), verdict.Problem);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SpfOutcome(SpfResult.Temperror, name, from, Problem: "the check took too long");
        }
    }

    private static SpfMacroValues Values(IPAddress address, string sender, string domain, string helo, SpfOptions options)
    {
        var at = sender.LastIndexOf('@');
        // RFC 7208 §4.3: a sender without local part is postmaster.
        var localPart = at > 0 ? sender[..at] : DefaultLocalPart;
        var senderDomain = sender.Length == 0 ? domain : sender[(at + 1)..];
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return new SpfMacroValues(address, localPart, MailDomain.ToName(senderDomain) ?? senderDomain, MailDomain.ToName(helo) ?? helo, options);
    }
}
