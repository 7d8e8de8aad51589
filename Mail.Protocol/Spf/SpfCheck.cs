using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mail.Protocol.Spf;

/// <summary>One run of check_host() with its includes and redirects.</summary>
internal sealed class SpfCheck(SpfMacroValues values, SpfLookups lookups)
{
    private IReadOnlyList<string>? _validatedNames;

    private IPAddress Address => values.Address;

    public Task<SpfVerdict> RunAsync(string domain) => EvaluateAsync(domain);

    /// <summary>The text of the domain that failed the client; null without one, and when anything about it is wrong (RFC 7208 §6.2).</summary>
    public async Task<string?> ExplainAsync(SpfVerdict verdict)
    {
        if (verdict.Result != SpfResult.Fail || verdict.Record?.ExplanationDomain is not { } spec)
            return null;
        if (await TargetAsync(spec, verdict.Domain) is not { } name)
            return null;
        var texts = await lookups.TextAsync(name);
        if (texts.Records.Count != 1 || SpfMacroString.ParseExplanation(texts.Records[0]) is not { } text)
            return null;
        var validated = await ValidatedNameAsync(text, verdict.Domain);
        var explanation = SpfMacroExpander.Expand(text, values, verdict.Domain, validated);
        // Goes into replies and headers: what macros bring in must not break out of the line.
        return explanation is not null && Ascii.IsValid(explanation) && !explanation.Any(char.IsControl) ? explanation : null;
    }

    // The depth of recursion is bounded by the count of terms that ask DNS.
    private async Task<SpfVerdict> EvaluateAsync(string domain)
    {
        var texts = await lookups.TextAsync(domain);
        if (texts.IsTemporary)
            return new SpfVerdict(SpfResult.Temperror, domain, Problem: $"DNS failed for {domain}: {texts.Detail ?? texts.Status.ToString()}");
        var policies = texts.Records.Where(SpfRecord.IsPolicy).ToList();
        if (policies.Count == 0)
            return new SpfVerdict(SpfResult.None, domain, Problem: $"{domain} has no SPF record");
        // RFC 7208 §4.5
        if (policies.Count > 1)
            return new SpfVerdict(SpfResult.Permerror, domain, Problem: $"{domain} has {policies.Count} SPF records");
        if (SpfRecord.Parse(policies[0], out var problem) is not { } record)
            return new SpfVerdict(SpfResult.Permerror, domain, Problem: $"{domain}: {problem}");
        foreach (var directive in record.Directives)
        {
            var matches = await MatchesAsync(directive, domain);
            if (lookups.Stop is { } stop)
                return new SpfVerdict(stop.Result, domain, Problem: stop.Problem);
            if (matches)
                return new SpfVerdict(directive.Result, domain, record, directive.Text);
        }
        // RFC 7208 §4.7
        return record.Redirect is null ? new SpfVerdict(SpfResult.Neutral, domain, record) : await RedirectAsync(record.Redirect, domain);
    }

    // RFC 7208 §6.1
    private async Task<SpfVerdict> RedirectAsync(SpfMacroString redirect, string domain)
    {
        lookups.CountTerm();
        var target = await TargetAsync(redirect, domain);
        if (lookups.Stop is { } stop)
            return new SpfVerdict(stop.Result, domain, Problem: stop.Problem);
        var verdict = target is null ? null : await EvaluateAsync(target);
        return verdict is null or { Result: SpfResult.None }
            ? new SpfVerdict(SpfResult.Permerror, domain, Problem: $"{domain} redirects to {target ?? "nowhere"}, which has no SPF record")
            : verdict;
    }

    private async Task<bool> MatchesAsync(SpfDirective directive, string domain)
    {
        switch (directive.Mechanism)
        {
            case SpfMechanism.All:
                return true;
            case SpfMechanism.Ip4:
            case SpfMechanism.Ip6:
                return IsInNetwork(directive.Network!, directive);
        }
        lookups.CountTerm();
        var target = directive.Target is null ? domain : await TargetAsync(directive.Target, domain);
        switch (directive.Mechanism)
        {
            case SpfMechanism.Include:
                return await IncludesAsync(target, domain);
            case SpfMechanism.A:
                return target is not null && await HasAddressAsync(target, directive);
            case SpfMechanism.Mx:
                return target is not null && await HasMailExchangeAsync(target, directive);
            case SpfMechanism.Ptr:
                return target is not null && await FindValidatedNameAsync(target) is { IsWithin: true };
            case SpfMechanism.Exists:
                // RFC 7208 §5.7: A is asked for, whatever the client's address.
                return target is not null && (await lookups.AddressesAsync(target, AddressFamily.InterNetwork)).Count > 0;
            default:
                throw new ArgumentOutOfRangeException(nameof(directive));
        }
    }

    // RFC 7208 §5.2
    private async Task<bool> IncludesAsync(string? target, string domain)
    {
        if (lookups.Stop is not null)
            return false;
        var verdict = target is null ? null : await EvaluateAsync(target);
        switch (verdict?.Result)
        {
            case SpfResult.Pass:
                return true;
            case SpfResult.Fail or SpfResult.Softfail or SpfResult.Neutral:
                return false;
            case SpfResult.Temperror or SpfResult.Permerror:
                lookups.StopWith(verdict.Result, verdict.Problem!);
                return false;
            default:
                lookups.StopWith(SpfResult.Permerror, $"{domain} includes {target ?? "nothing"}, which has no SPF record");
                return false;
        }
    }

    private async Task<bool> HasAddressAsync(string name, SpfDirective directive)
    {
        foreach (var address in await lookups.AddressesAsync(name, Address.AddressFamily))
        {
            if (IsInNetwork(address, directive))
                return true;
        }
        return false;
    }

    // RFC 7208 §5.4: no implicit MX here.
    private async Task<bool> HasMailExchangeAsync(string name, SpfDirective directive)
    {
        var exchanges = await lookups.MailExchangesAsync(name);
        if (exchanges.Count > lookups.Options.MaximumMxHosts)
        {
            lookups.StopWith(SpfResult.Permerror, $"{name} has {exchanges.Count} MX records");
            return false;
        }
        foreach (var exchange in exchanges.Where(mx => mx.Exchange.Length > 0))
        {
            if (await HasAddressAsync(exchange.Exchange, directive))
                return true;
        }
        return false;
    }

    private bool IsInNetwork(IPAddress network, SpfDirective directive) =>
        SpfAddress.IsInNetwork(Address, network, Address.AddressFamily == AddressFamily.InterNetwork ? directive.Prefix4 : directive.Prefix6);

    private async Task<string?> TargetAsync(SpfMacroString spec, string domain) =>
        SpfMacroExpander.ExpandDomain(spec, values, domain, await ValidatedNameAsync(spec, domain));

    // RFC 7208 §7.3: %{p} is worked out only for who uses it, and is "unknown" without a validated name.
    private async Task<string> ValidatedNameAsync(SpfMacroString text, string domain) =>
        text.Parts.Any(p => p.Letter == 'p') && await FindValidatedNameAsync(domain) is { } found ? found.Name : "unknown";

    /// <summary>The validated name to use (RFC 7208 §7.3): the domain itself, or else a name below it, or else any.</summary>
    private async Task<ValidatedName?> FindValidatedNameAsync(string domain)
    {
        var names = _validatedNames ??= await ValidateNamesAsync();
        var name = names.FirstOrDefault(n => n.Equals(domain, StringComparison.OrdinalIgnoreCase))
            ?? names.FirstOrDefault(n => n.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase));
        if (name is not null)
            return new ValidatedName(name, IsWithin: true);
        return names.Count > 0 ? new ValidatedName(names[0], IsWithin: false) : null;
    }

    // RFC 7208 §5.5: the names that the client's address claims and that have the address. The same for the whole check.
    private async Task<IReadOnlyList<string>> ValidateNamesAsync()
    {
        var validated = new List<string>();
        foreach (var name in await lookups.ReverseNamesAsync(Address))
        {
            if (await lookups.HasAddressAsync(name, Address))
                validated.Add(name);
        }
        return validated;
    }

    private sealed record ValidatedName(string Name, bool IsWithin);
}

/// <summary>What one policy said.</summary>
internal sealed record SpfVerdict(SpfResult Result, string Domain, SpfRecord? Record = null, string? Mechanism = null, string? Problem = null);
