using System.Net;
using Mail.Protocol.Smtp;
using Mail.Worker.Delivery;

namespace Mail.Worker.Pools;

/// <summary>A connection that outlives a message.</summary>
/// <param name="tlsPolicy">The terms it was made on.</param>
internal sealed class PooledConnection(SmtpClientConnection smtp, Target target, string tlsPolicy, string? tlsProblem)
{
    public SmtpClientConnection Smtp => smtp;

    public Target Target => target;

    /// <summary>Monotonic time since which it has had no work.</summary>
    public long IdleSince { get; set; }

    public Peer Peer { get; } = new(
        target.Host, AddressOf(smtp.RemoteEndPoint), smtp.Tls?.Protocol.ToString(), smtp.Tls?.CipherSuite.ToString())
    {
        TlsPolicy = tlsPolicy,
        TlsVerification = smtp.Tls?.Verification switch
        {
            SmtpPeerVerification.Pkix => "pkix",
            SmtpPeerVerification.Dane => "dane",
            _ => null,
        },
        TlsProblem = tlsProblem,
    };

    private static string? AddressOf(EndPoint? endPoint) => endPoint is IPEndPoint ip
        ? (ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address).ToString()
        : null;
}
