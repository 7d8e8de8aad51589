using System.Net;
using Mail.Core.Domains;
using Mail.Core.Queue;
using Mail.Protocol.Smtp;
using Mail.Worker.Delivery;
using Mail.Worker.Tls;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Pools;

/// <summary>Makes connections: EHLO name, own address, credentials, time-outs, and TLS as the message needs it.</summary>
internal sealed class SmtpConnector(
    IOptions<MailHostOptions> host, SmtpTimeouts timeouts, MxTls tls, WorkerMetrics metrics, TimeProvider clock)
{
    public async Task<ConnectOutcome> ConnectAsync(
        Target target, DeliveryRoute.Servers route, TlsTerms terms, SmtpTranscript? transcript, CancellationToken cancellationToken)
    {
        var options = OptionsFor(target, route.Relay, route.Source) with { Transcript = transcript };
        var outcome = await tls.ConnectAsync(target, terms, options, cancellationToken);
        if (outcome is ConnectOutcome.Connected)
            metrics.ConnectionOpened();
        return outcome;
    }

    // An address of one family cannot reach the other; the system then chooses.
    private static IPAddress? LocalAddressFor(Target target, DeliverySource? source) =>
        target.EndPoint is IPEndPoint remote && source?.Address is { } own && own.AddressFamily != remote.AddressFamily ? null : source?.Address;

    private SmtpClientOptions OptionsFor(Target target, RelayOptions? relay, DeliverySource? source) => new()
    {
        LocalName = source?.EhloName ?? host.Value.Name,
        LocalAddress = LocalAddressFor(target, source),
        ImplicitTls = relay?.Tls == RelayTls.Implicit,
        Credentials = relay?.Credentials,
        Timeouts = timeouts,
        TimeProvider = clock,
    };
}
