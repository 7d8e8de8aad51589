using System.Diagnostics.Metrics;
using System.Net;
using Mail.Core.Events;
using Mail.Core.Webhooks;
using Mail.Protocol.Dns;
using Mail.TestKit;
using Mail.Worker.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Webhooks;

/// <summary>Where a delivery does not go, whatever a tenant's URL and DNS say.</summary>
public sealed class WebhookAddressTests : IAsyncLifetime
{
    private static readonly (string, string)[] _production = [("Mail:Webhooks:AllowLoopback", "false")];

    private WebhookSystem _system = null!;
    private WebhookReceiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _system = await WebhookSystem.CreateAsync();
        _receiver = await WebhookReceiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    // As hosts of a URL, in every form that a resolver or a parser takes for an address.
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("017700000001")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("192.168.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("0xa9fea9fe")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("[::1]")]
    [InlineData("[::]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[64:ff9b::7f00:1]")]
    [InlineData("[64:ff9b:1::a00:1]")]
    [InlineData("[2002:7f00:1::]")]
    [InlineData("[2001:0:7f00:1::]")]
    [InlineData("[fc00::1]")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("[fe80::1]")]
    [InlineData("[ff02::1]")]
    [InlineData("[2001:db8::1]")]
    [InlineData("localhost")]
    [InlineData("localhost.")]
    [InlineData("x.localhost")]
    [InlineData("127.0.0.1.")]
    public async Task A_host_that_is_not_public_gets_nothing(string host)
    {
        var url = $"http://{host}:{_receiver.Port}/hook";
        using var worker = _system.BuildWorker(_production);

        var answer = await SendAsync(worker, url);

        Assert.Contains(answer.Error, new[] { WebhookErrors.UrlNotAllowed, WebhookErrors.AddressNotPublic });
        await Assert.ThrowsAsync<WebhookRefusedException>(() => ConnectAsync(worker, new Uri(url).IdnHost));
        Assert.Empty(_receiver.Requests);
    }

    [Theory]
    [InlineData("hook.example.test A 127.0.0.1")]
    [InlineData("hook.example.test A 169.254.169.254")]
    [InlineData("hook.example.test A 10.1.2.3")]
    [InlineData("hook.example.test AAAA ::1")]
    [InlineData("hook.example.test AAAA ::ffff:127.0.0.1")]
    [InlineData("hook.example.test AAAA 64:ff9b::a9fe:a9fe")]
    public async Task A_name_that_points_to_such_an_address_gets_nothing(string record)
    {
        using var worker = _system.BuildWorker(TimeProvider.System, TestKit.Dns.FakeDnsResolver.FromText(record), _production);

        var answer = await SendAsync(worker, $"http://hook.example.test:{_receiver.Port}/");

        Assert.Equal(WebhookErrors.AddressNotPublic, answer.Error);
        Assert.Empty(_receiver.Requests);
    }

    // The name answers with an allowed address once, and with a forbidden one ever after.
    [Fact]
    public async Task A_name_is_resolved_once_and_what_was_checked_is_connected_to()
    {
        var rebinding = new Rebinding(IPAddress.Loopback, IPAddress.Parse("169.254.169.254"));
        using var worker = _system.BuildWorker(TimeProvider.System, rebinding);

        var answer = await SendAsync(worker, $"http://hook.example.test:{_receiver.Port}/");

        Assert.True(answer.Succeeded, answer.Error);
        Assert.Equal(1, rebinding.Questions);
        await Assert.ThrowsAsync<WebhookRefusedException>(() => ConnectAsync(worker, "hook.example.test"));
    }

    [Fact]
    public async Task A_name_that_was_public_when_the_endpoint_was_made_is_checked_again_when_connecting()
    {
        var rebinding = new Rebinding(IPAddress.Parse("93.184.216.34"), IPAddress.Loopback);
        await rebinding.ResolveAAsync("hook.example.test", CancellationToken.None);
        using var worker = _system.BuildWorker(TimeProvider.System, rebinding, _production);

        var answer = await SendAsync(worker, $"http://hook.example.test:{_receiver.Port}/");

        Assert.Equal(WebhookErrors.AddressNotPublic, answer.Error);
        Assert.Empty(_receiver.Requests);
    }

    [Fact]
    public async Task Networks_that_the_operator_allows_are_reached()
    {
        using var worker = _system.BuildWorker([.. _production, ("Mail:Webhooks:AllowedNetworks:0", "127.0.0.0/8")]);

        var answer = await SendAsync(worker, $"{_receiver.Url}/");

        Assert.True(answer.Succeeded, answer.Error);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_a_time_out()
    {
        var clock = new ManualTime();
        _receiver.Answer = context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        using var worker = _system.BuildWorker(clock, _system.Dns);

        var sending = SendAsync(worker, _receiver.Url);
        await _receiver.UntilAsync(1);
        clock.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal(WebhookErrors.TimedOut, (await sending).Error);
    }

    [Fact]
    public async Task A_body_that_trickles_in_is_cut_and_the_status_counts()
    {
        var clock = new ManualTime();
        _receiver.Answer = async context =>
        {
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        var headersRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var metrics = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "http.client.request.duration")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        metrics.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag is { Key: "server.port", Value: int port } && port == _receiver.Port)
                    headersRead.TrySetResult();
            }
        });
        metrics.Start();
        using var worker = _system.BuildWorker(clock, _system.Dns);

        var sending = SendAsync(worker, _receiver.Url);
        await headersRead.Task;
        clock.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal((true, 200), ((await sending).Succeeded, (await sending).Status!.Value));
    }

    private async Task<WebhookAnswer> SendAsync(Microsoft.Extensions.Hosting.IHost worker, string url)
    {
        var (webhook, secret) = await _system.AddAsync("http://127.0.0.1/");
        var bounce = _system.Bounce();
        return await worker.Services.GetRequiredService<WebhookSender>().SendAsync(new WebhookJob
        {
            Lease = new WebhookLease(new WebhookDeliveryId(Guid.CreateVersion7()), 1),
            Organization = _system.Organization,
            Webhook = webhook.Id,
            Dialect = WebhookDialect.Mail,
            Url = url,
            Secrets = [secret],
            Event = new EventDetails(
                new EventId(Guid.CreateVersion7()), bounce.Type, bounce.ResourceType, bounce.ResourceId, bounce.Message, TimeProvider.System.GetUtcNow(), null),
            AttemptsInRound = 0,
            AttemptNumber = 1,
        }, CancellationToken.None);
    }

    private async Task ConnectAsync(Microsoft.Extensions.Hosting.IHost worker, string host)
    {
        await using var stream = await worker.Services.GetRequiredService<WebhookConnector>().ConnectAsync(host, _receiver.Port, CancellationToken.None);
    }

    private sealed class Rebinding(IPAddress first, IPAddress then) : IDnsResolver
    {
        public int Questions { get; private set; }

        public Task<DnsResult<IPAddress>> ResolveAAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult(new DnsResult<IPAddress> { Status = DnsStatus.Found, Records = [Questions++ == 0 ? first : then], CanonicalName = name });

        public Task<DnsResult<IPAddress>> ResolveAaaaAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult(new DnsResult<IPAddress> { Status = DnsStatus.NoData, CanonicalName = name });

        public Task<DnsResult<MxRecord>> ResolveMxAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<DnsResult<string>> ResolveTxtAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<DnsResult<string>> ResolveCnameAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<DnsResult<string>> ResolvePtrAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<DnsResult<TlsaRecord>> ResolveTlsaAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<DnsResult<CaaRecord>> ResolveCaaAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
