using Mail.Core.Tls;
using Mail.Protocol.MtaSts;
using Mail.Protocol.Smtp;
using Mail.Worker.Delivery;
using Mail.Worker.Pools;

namespace Mail.Worker.Tls;

/// <summary>The TLS of a new connection: what is asked for, what is done when it fails, and what is told of it.</summary>
internal sealed class MxTls(TlsFailures failures, TrustedRoots roots, TlsSessions sessions, WorkerMetrics metrics)
{
    /// <summary>Connects on these terms. Where they allow mail in the clear, a server that fails at TLS is tried again without.</summary>
    public async Task<ConnectOutcome> ConnectAsync(
        Target target, TlsTerms terms, SmtpClientOptions options, CancellationToken cancellationToken)
    {
        if (terms.OnlyProven && !target.Tls.IsProven)
            return Told(target, terms, new ConnectOutcome.Failed(Unproven, TlsReportResult.ValidationFailure));
        var isInClear = terms.Mode == SmtpTlsMode.Opportunistic && !options.ImplicitTls ? failures.Of(target.EndPoint) : null;
        options = options with
        {
            Tls = isInClear is null ? terms.Mode : SmtpTlsMode.Disabled,
            ServerName = target.Tls.TlsaBase ?? target.Host,
            Tlsa = target.Tls.Tlsa,
            DaneReferenceNames = target.Tls.DaneNames,
            TrustedRoots = roots.Own,
        };
        var result = await SmtpClientConnection.ConnectAsync(target.EndPoint, options, cancellationToken);
        // RFC 7435 §3: TLS that does not work is no worse than none where none was asked for.
        if (options is { Tls: SmtpTlsMode.Opportunistic, ImplicitTls: false }
            && result is SmtpConnectResult.Failed { Failure: { Stage: SmtpStage.StartTls, Cause: not SmtpCause.Cancelled } broken })
        {
            isInClear = TlsReportResult.Of(broken) ?? TlsReportResult.ValidationFailure;
            failures.Remember(target.EndPoint, isInClear);
            result = await SmtpClientConnection.ConnectAsync(target.EndPoint, options with { Tls = SmtpTlsMode.Disabled }, cancellationToken);
        }
        if (result is SmtpConnectResult.Connected(var promised) && terms.AllTheWay && !promised.Extensions.RequireTls)
        {
            await promised.QuitAsync(CancellationToken.None);
            await promised.DisposeAsync();
            result = new SmtpConnectResult.Failed(NotAllTheWay);
        }
        return Told(target, terms, OutcomeOf(result, target, terms, isInClear));
    }

    private static readonly SmtpFailure Unproven = new(
        SmtpStage.StartTls, SmtpCause.TlsUnavailable, Detail: "neither DNSSEC nor an MTA-STS policy proves that the server is the recipient's");

    private static readonly SmtpFailure NotAllTheWay = new(SmtpStage.StartTls, SmtpCause.TlsUnavailable, Detail: "the server does not offer REQUIRETLS");

    private ConnectOutcome OutcomeOf(SmtpConnectResult result, Target target, TlsTerms terms, string? isInClear)
    {
        switch (result)
        {
            case SmtpConnectResult.Connected(var smtp):
                if (smtp.Tls is not null)
                    failures.Forget(target.EndPoint);
                return new ConnectOutcome.Connected(new PooledConnection(smtp, target, terms.Policy, isInClear ?? ProblemOf(smtp.Tls, terms)));
            case SmtpConnectResult.Failed(var failure):
                return new ConnectOutcome.Failed(failure, isInClear ?? TlsReportResult.Of(failure));
            default:
                throw new InvalidOperationException("No result of connecting.");
        }
    }

    private static string? ProblemOf(SmtpTlsFacts? tls, TlsTerms terms) => tls switch
    {
        null => terms.Mode == SmtpTlsMode.Disabled ? null : TlsReportResult.StartTlsNotSupported,
        { IsVerified: true } => null,
        _ => TlsReportResult.Of(tls.CertificateFault),
    };

    // Where nothing asks for a good certificate, a session with a bad one is as it should be (RFC 8460 §4.3.1).
    private static string? ResultOf(HostTls tls, PooledConnection connection) => tls switch
    {
        { Problem: { } problem } => problem,
        { Kind: HostTlsKind.None } when connection.Smtp.Tls is not null => null,
        { Kind: HostTlsKind.Dane } when !DaneVerifier.HasUsable(tls.Tlsa) => TlsReportResult.TlsaInvalid,
        _ => connection.Peer.TlsProblem,
    };

    private ConnectOutcome Told(Target target, TlsTerms terms, ConnectOutcome outcome)
    {
        switch (outcome)
        {
            case ConnectOutcome.Connected(var connection):
                sessions.Count(target, ResultOf(target.Tls, connection));
                metrics.Secured(terms.Policy, connection.Peer.TlsVersion ?? "none", connection.Peer.TlsVerification ?? "none", "connected");
                break;
            case ConnectOutcome.Failed { TlsProblem: { } problem }:
                sessions.Count(target, problem);
                metrics.Secured(terms.Policy, "none", "none", problem);
                break;
        }
        return outcome;
    }
}

/// <summary>What became of connecting to a server.</summary>
internal abstract record ConnectOutcome
{
    private ConnectOutcome()
    {
    }

    public sealed record Connected(PooledConnection Connection) : ConnectOutcome;

    /// <param name="TlsProblem">What was wrong with TLS, in the words of RFC 8460 §4.3; null when it failed for other reasons.</param>
    public sealed record Failed(SmtpFailure Failure, string? TlsProblem) : ConnectOutcome;
}
