using Mail.Core.Queue;
using Mail.Core.Tls;
using Mail.Protocol.MtaSts;
using Mail.Protocol.Smtp;
using Mail.Worker.Delivery;
using Mail.Worker.Pools;

namespace Mail.Worker.Tls;

/// <summary>What one message needs with one server: the more that its sender and the recipient's side ask for.</summary>
/// <param name="Policy">Who asks for it, for records.</param>
/// <param name="Cause">What it is called when it cannot be had.</param>
internal sealed record TlsTerms(SmtpTlsMode Mode, string Policy, DeliveryCause Cause)
{
    private static readonly TlsTerms _opportunistic = new(SmtpTlsMode.Opportunistic, "opportunistic", DeliveryCause.Tls);
    private static readonly TlsTerms _testing = new(SmtpTlsMode.Opportunistic, HostTlsKind.MtaStsTesting.ToText(), DeliveryCause.Tls);
    private static readonly TlsTerms _required = new(SmtpTlsMode.Required, "required", DeliveryCause.TlsRequired);
    private static readonly TlsTerms _requireTls = new(SmtpTlsMode.Verified, "requiretls", DeliveryCause.TlsRequired) { OnlyProven = true, AllTheWay = true };
    // Whose relay it is needs no proof: the operator named it.
    private static readonly TlsTerms _requireRelay = _requireTls with { OnlyProven = false };
    private static readonly TlsTerms _mtaSts = new(SmtpTlsMode.Verified, HostTlsKind.MtaSts.ToText(), DeliveryCause.MtaStsPolicy);
    private static readonly TlsTerms _dane = new(SmtpTlsMode.Verified, HostTlsKind.Dane.ToText(), DeliveryCause.DanePolicy) { IsDane = true };
    private static readonly TlsTerms _requireTlsByDane = _dane with { AllTheWay = true };
    private static readonly TlsTerms _unusableDane = new(SmtpTlsMode.Required, HostTlsKind.Dane.ToText(), DeliveryCause.DanePolicy);
    private static readonly Dictionary<RelayTls, TlsTerms> _relays = new()
    {
        [RelayTls.Opportunistic] = _opportunistic,
        [RelayTls.Required] = new(SmtpTlsMode.Required, "required", DeliveryCause.Tls),
        [RelayTls.Verified] = new(SmtpTlsMode.Verified, "verified", DeliveryCause.Tls),
        [RelayTls.Implicit] = new(SmtpTlsMode.Verified, "implicit", DeliveryCause.Tls),
        [RelayTls.Disabled] = new(SmtpTlsMode.Disabled, "disabled", DeliveryCause.Tls),
    };

    /// <summary>The certificate is to match TLSA records.</summary>
    public bool IsDane { get; private init; }

    /// <summary>Only a server that is proven to be the recipient's will do (RFC 8689 §4.2.1).</summary>
    public bool OnlyProven { get; private init; }

    /// <summary>The server must promise to pass it on in the same way (REQUIRETLS).</summary>
    public bool AllTheWay { get; private init; }

    public static TlsTerms Of(Target target, RelayOptions? relay, TlsRequirement requirement)
    {
        if (relay is not null)
            return OfRelay(relay, requirement);
        var host = target.Tls;
        // RFC 8461 §2: MTA-STS does not override DANE, neither where that fails.
        return host.Kind switch
        {
            HostTlsKind.Dane when DaneVerifier.HasUsable(host.Tlsa) => requirement == TlsRequirement.RequireTls ? _requireTlsByDane : _dane,
            _ when requirement == TlsRequirement.RequireTls => _requireTls,
            // RFC 7672 §2.2: records that nobody understands still say that there is TLS.
            HostTlsKind.Dane => _unusableDane,
            HostTlsKind.MtaSts => _mtaSts,
            _ when requirement == TlsRequirement.Required => _required,
            HostTlsKind.MtaStsTesting => _testing,
            _ => _opportunistic,
        };
    }

    /// <summary>Whether a connection that stands is good enough.</summary>
    public bool AreMetBy(PooledConnection connection, Target target) => !(OnlyProven && !target.Tls.IsProven)
        && !(AllTheWay && !connection.Smtp.Extensions.RequireTls) && Mode switch
    {
        SmtpTlsMode.Disabled or SmtpTlsMode.Opportunistic => true,
        SmtpTlsMode.Required => connection.Smtp.Tls is not null,
        // A certificate is good for one name, and two names may share an address.
        SmtpTlsMode.Verified => connection.Target.Host == target.Host && connection.Smtp.Tls is { } tls
            && (IsDane ? tls.Verification == SmtpPeerVerification.Dane : tls.IsVerified),
        _ => throw new InvalidOperationException($"No TLS mode: {Mode}."),
    };

    /// <summary>The verdict on a server that cannot give what is needed: another one may, or the same one later (RFC 8461 §5).</summary>
    public Verdict Explain(SmtpFailure failure)
    {
        var verdict = ReplyClassifier.Of(failure);
        if (TlsReportResult.Of(failure) is null || Cause == DeliveryCause.Tls)
            return verdict;
        // RFC 3463 §3.8: a security feature that is not supported, or a cryptographic failure.
        return verdict with
        {
            Outcome = DeliveryOutcome.Deferred,
            Cause = Cause,
            EnhancedCode = verdict.EnhancedCode ?? (failure.Cause == SmtpCause.TlsUnavailable ? "4.7.4" : "4.7.5"),
            Reply = $"{Ask}, but {verdict.Reply ?? "TLS failed"}",
        };
    }

    private string Ask => Cause switch
    {
        DeliveryCause.MtaStsPolicy => "the recipient's domain asks for verified TLS (MTA-STS)",
        DeliveryCause.DanePolicy => "the recipient's server asks for TLS (DANE)",
        _ => "the sender asks for TLS",
    };

    private static TlsTerms OfRelay(RelayOptions relay, TlsRequirement requirement)
    {
        var terms = _relays[relay.Tls];
        if (requirement == TlsRequirement.Opportunistic || relay.IsOwnListener)
            return terms;
        if (requirement == TlsRequirement.RequireTls)
            return _requireRelay;
        return terms.Mode is SmtpTlsMode.Required or SmtpTlsMode.Verified ? terms : _required;
    }
}
