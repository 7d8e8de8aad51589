using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Core.Sandbox;
using Mail.Protocol.Smtp;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>Decides where an item goes: MX hosts, smarthost or the capturing listener.</summary>
internal sealed class DeliveryRouting
{
    private readonly DeliveryMode _mode;
    private readonly MxRouting _mx;
    private readonly RouteOverrides _overrides;
    private readonly DeliveryRoute? _smarthost;
    private readonly DeliveryRoute _capture;
    private readonly SandboxDomain _sandbox;

    public DeliveryRouting(IOptions<DeliveryOptions> options, MxRouting mx, RouteOverrides overrides, SandboxDomain sandbox)
    {
        var delivery = options.Value;
        _mode = delivery.Mode;
        _mx = mx;
        _overrides = overrides;
        _sandbox = sandbox;
        _smarthost = delivery.Smarthost is { } smarthost
            ? Relay(smarthost, new RelayOptions(delivery.SmarthostTls, CredentialsOf(delivery)))
            : null;
        _capture = delivery.CaptureAddress is { } capture ? Relay(capture, RelayOptions.Plain) : NoCapture();
    }

    public ValueTask<DeliveryRoute> FindAsync(DeliveryJob job, CancellationToken cancellationToken)
    {
        if (_sandbox.Is(job.Domain))
            return ValueTask.FromResult(SandboxOf(job));
        if (job.Mode == SendingMode.Test)
            return ValueTask.FromResult(_capture);
        if (_mode != DeliveryMode.Capture && OverrideOf(job) is { } route && RouteOverrides.RelayOf(route) is { } relay)
            return ValueTask.FromResult<DeliveryRoute>(relay);
        return _mode switch
        {
            DeliveryMode.Capture => ValueTask.FromResult(_capture),
            DeliveryMode.Smarthost => ValueTask.FromResult(_smarthost!),
            DeliveryMode.Direct => _mx.FindAsync(job, cancellationToken),
            _ => throw new InvalidOperationException($"No delivery mode: {_mode}."),
        };
    }

    /// <summary>The pool of sources that the item leaves from; null for the default one.</summary>
    public string? PoolOf(DeliveryJob job) => job.Mode == SendingMode.Test || _sandbox.Is(job.Domain) ? null : OverrideOf(job)?.Pool;

    // A queue for each organization: what one asks to be slow does not hold up the others.
    private DeliveryRoute SandboxOf(DeliveryJob job) => _capture is DeliveryRoute.Servers listener
        ? listener with { Destination = $"{DeliveryRoute.SandboxProvider} {job.Organization}", IsSandbox = true }
        : _capture;

    private RouteOverride? OverrideOf(DeliveryJob job) => _overrides.Find(job.Organization, job.Domain);

    private static DeliveryRoute.Servers Relay(string address, RelayOptions relay)
    {
        var server = HostAndPort.TryParse(address) ?? throw new FormatException($"'{address}' is not host:port.");
        return new DeliveryRoute.Servers($"relay {server}", [new Target(server.Host, server.EndPoint, 0)], relay);
    }

    private static SmtpCredentials.Password? CredentialsOf(DeliveryOptions options) =>
        options is { SmarthostUser: { } user, SmarthostPassword: { } password } ? new SmtpCredentials.Password(user, password) : null;

    private static DeliveryRoute.Nowhere NoCapture() => new(new Verdict(
        DeliveryOutcome.Deferred, DeliveryStage.Route, DeliveryCause.NotConfigured,
        Reply: "no listener is configured that takes test mail"));
}
