using System.Net;
using Mail.Core.Domains;
using Mail.Core.Queue;
using Mail.Protocol.Smtp;
using Mail.Worker.Delivery;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Pools;

/// <summary>Makes connections: EHLO name, TLS policy, credentials, time-outs.</summary>
internal sealed class SmtpConnector(
    IOptions<MailHostOptions> host, IOptions<ConnectionOptions> connections, WorkerMetrics metrics, TimeProvider clock)
{
    private readonly SmtpTimeouts _timeouts = new() { Connect = connections.Value.ConnectTimeout };

    public async Task<SmtpConnectResult> ConnectAsync(
        Target target, DeliveryRoute.Servers route, SmtpTranscript? transcript, CancellationToken cancellationToken)
    {
        var options = OptionsFor(target, route.Relay, route.Source) with { Transcript = transcript };
        var result = await SmtpClientConnection.ConnectAsync(target.EndPoint, options, cancellationToken);
        // RFC 7435: TLS that does not work is no worse than none where none was asked for.
        if (options.Tls == SmtpTlsMode.Opportunistic && !options.ImplicitTls
            && result is SmtpConnectResult.Failed { Failure: { Stage: SmtpStage.StartTls, Cause: not SmtpCause.Cancelled } })
            result = await SmtpClientConnection.ConnectAsync(target.EndPoint, options with { Tls = SmtpTlsMode.Disabled }, cancellationToken);
        if (result is SmtpConnectResult.Connected)
            metrics.ConnectionOpened();
        return result;
    }

    // An address of one family cannot reach the other; the system then chooses.
    private static IPAddress? LocalAddressFor(Target target, DeliverySource? source) =>
        target.EndPoint is IPEndPoint remote && source?.Address is { } own && own.AddressFamily != remote.AddressFamily ? null : source?.Address;

    private SmtpClientOptions OptionsFor(Target target, RelayOptions? relay, DeliverySource? source) => new()
    {
        LocalName = source?.EhloName ?? host.Value.Name,
        LocalAddress = LocalAddressFor(target, source),
        ServerName = target.Host,
        Tls = relay?.Tls switch
        {
            null or RelayTls.Opportunistic => SmtpTlsMode.Opportunistic,
            RelayTls.Required => SmtpTlsMode.Required,
            RelayTls.Verified or RelayTls.Implicit => SmtpTlsMode.Verified,
            RelayTls.Disabled => SmtpTlsMode.Disabled,
            _ => throw new InvalidOperationException($"No TLS mode: {relay.Tls}."),
        },
        ImplicitTls = relay?.Tls == RelayTls.Implicit,
        Credentials = relay?.Credentials,
        Timeouts = _timeouts,
        TimeProvider = clock,
    };
}
