using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Protocol.Smtp;

/// <summary>The client's side of one handshake: what to send, what to check, what to remember.</summary>
internal sealed class SmtpTlsUpgrade(SmtpClientOptions options)
{
    private readonly string _serverName = (options.ServerName ?? "").TrimEnd('.');
    private SmtpPeerVerification _verification;
    private string? _problem;
    private SmtpCertificateFault _fault;
    private bool _refused;

    /// <summary>Runs the handshake on <paramref name="inner"/>; exceptions are those of <see cref="SslStream"/>.</summary>
    public async Task<SslStream> RunAsync(Stream inner, CancellationToken cancellationToken)
    {
        var tls = new SslStream(inner, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(AuthenticationOptions(), cancellationToken);
        return tls;
    }

    public SmtpTlsFacts Facts(SslStream tls) => new(tls.SslProtocol, tls.NegotiatedCipherSuite, _verification, _problem)
    {
        CertificateFault = _fault,
    };

    /// <summary>How a handshake that threw <paramref name="exception"/> failed.</summary>
    public SmtpFailure Failure(SmtpStage stage, Exception exception) => _refused
        ? new SmtpFailure(stage, SmtpCause.CertificateInvalid, Detail: _problem ?? "refused by the caller's verification")
        {
            CertificateFault = _fault == SmtpCertificateFault.None ? SmtpCertificateFault.RefusedByCaller : _fault,
        }
        : new SmtpFailure(stage, SmtpCause.TlsHandshake, Detail: exception.InnerException?.Message ?? exception.Message);

    private SslClientAuthenticationOptions AuthenticationOptions()
    {
        var policy = new X509ChainPolicy
        {
            // Looking certificates or revocation lists up would be requests to hosts that the peer chooses.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = options.TimeProvider.GetUtcNow().LocalDateTime,
        };
        if (options.TrustedRoots is { } roots)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }
        return new SslClientAuthenticationOptions
        {
            // RFC 7672 §8.1 and RFC 8461 §4.1 ask for SNI; addresses are not sent (RFC 6066 §3).
            TargetHost = _serverName,
            EnabledSslProtocols = SslProtocols.None, // the system's: TLS 1.2 and later (RFC 8996)
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Verify(certificate, chain, errors),
        };
    }

    private bool Verify(X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors)
    {
        if (presented is not X509Certificate2 certificate)
        {
            (_problem, _fault) = ("the server sent no certificate", SmtpCertificateFault.Other);
            return !(_refused = options.Tls == SmtpTlsMode.Verified);
        }
        IReadOnlyList<X509Certificate2> others = chain is null ? [] :
            [.. chain.ChainPolicy.ExtraStore, .. chain.ChainElements.Skip(1).Select(element => element.Certificate)];
        _verification = DaneVerifier.HasUsable(options.Tlsa) ? ByDane(certificate, others) : ByPkix(chain, errors);
        var peer = new SmtpPeerCertificate(certificate, others, errors, _serverName, _verification);
        var accepted = options.VerifyPeer?.Invoke(peer) ?? true;
        _refused = !accepted || (options.Tls == SmtpTlsMode.Verified && _verification == SmtpPeerVerification.None);
        return !_refused;
    }

    private SmtpPeerVerification ByDane(X509Certificate2 certificate, IReadOnlyList<X509Certificate2> others)
    {
        string[] names = [_serverName, .. options.DaneReferenceNames];
        if (DaneVerifier.Matches(options.Tlsa, certificate, others, names, options.TimeProvider.GetUtcNow()))
            return SmtpPeerVerification.Dane;
        (_problem, _fault) = ("no TLSA record matches the certificate", SmtpCertificateFault.TlsaMismatch);
        return SmtpPeerVerification.None;
    }

    private SmtpPeerVerification ByPkix(X509Chain? chain, SslPolicyErrors errors)
    {
        if (_serverName.Length == 0 || IPAddress.TryParse(_serverName, out _))
            errors |= SslPolicyErrors.RemoteCertificateNameMismatch; // without a name there is nothing to match
        if (errors == SslPolicyErrors.None)
            return SmtpPeerVerification.Pkix;
        _fault = FaultOf(chain, errors);
        _problem = errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && chain is { ChainStatus: [var first, ..] }
            ? $"{errors}: {first.Status}"
            : errors.ToString();
        return SmtpPeerVerification.None;
    }

    // The gravest first: an expired certificate is expired whoever signed it.
    private static SmtpCertificateFault FaultOf(X509Chain? chain, SslPolicyErrors errors)
    {
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? default;
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
            return SmtpCertificateFault.Expired;
        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
            return SmtpCertificateFault.NotTrusted;
        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? SmtpCertificateFault.HostMismatch : SmtpCertificateFault.Other;
    }
}
