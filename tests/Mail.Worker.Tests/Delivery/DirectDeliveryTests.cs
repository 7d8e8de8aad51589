using System.Net;
using Mail.Core.Messages;
using Mail.TestKit.Dns;
using Mail.TestKit.Smtp;

namespace Mail.Worker.Tests.Delivery;

public sealed class DirectDeliveryTests
{
    [Fact]
    public async Task The_next_mx_is_tried_when_the_first_cannot_be_reached()
    {
        await using var mx = ScriptedSmtpServer.Start();
        var zone = new DnsZone()
            .Mx("example.test", 10, "mx1.test").Mx("example.test", 20, "mx2.test")
            .A("mx1.test", "127.0.0.99").A("mx2.test", "127.0.0.1");
        await using var system = await CreateAsync(zone, mx.EndPoint.Port, allowPrivate: true);
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync();

        await system.WhenAsync(id, MessageStatus.Sent);
        Assert.Equal("mx2.test", Assert.Single(await system.AttemptsAsync(id)).MxHost);
    }

    [Fact]
    public async Task A_domain_whose_servers_have_private_addresses_only_is_refused()
    {
        await using var mx = ScriptedSmtpServer.Start();
        var zone = new DnsZone().Mx("example.test", 10, "mx.test").A("mx.test", "127.0.0.1", "10.0.0.1");
        await using var system = await CreateAsync(zone, mx.EndPoint.Port, allowPrivate: false);
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync();

        await system.WhenAsync(id, MessageStatus.Failed);
        Assert.Equal("private_address", Assert.Single(await system.AttemptsAsync(id)).Cause);
        Assert.Equal(0, mx.Connections);
    }

    [Fact]
    public async Task A_null_mx_bounces_at_once()
    {
        await using var system = await CreateAsync(new DnsZone().NullMx("example.test"), 25, allowPrivate: true);
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync();

        var message = await system.WhenAsync(id, MessageStatus.Bounced);
        Assert.Equal((556, "5.1.10"), (message.Recipients[0].SmtpCode, message.Recipients[0].EnhancedCode));
    }

    [Fact]
    public async Task A_resolver_that_does_not_answer_defers()
    {
        await using var system = await CreateAsync(new DnsZone().ServFail("example.test"), 25, allowPrivate: true);
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync();

        var message = await system.WhenAsync(id, MessageStatus.Deferred);
        Assert.Equal("4.4.3", message.Recipients[0].EnhancedCode);
    }

    [Fact]
    public async Task A_destination_that_hangs_does_not_hold_others()
    {
        await using var fast = ScriptedSmtpServer.Start();
        await using var slow = ScriptedSmtpServer.Start(
            new SmtpScript().On("MAIL", SmtpStep.Hang), new IPEndPoint(IPAddress.Parse("127.0.0.2"), fast.EndPoint.Port));
        var zone = new DnsZone()
            .Mx("slow.test", 10, "mx.slow.test").A("mx.slow.test", "127.0.0.2")
            .Mx("example.test", 10, "mx.test").A("mx.test", "127.0.0.1");
        await using var system = await CreateAsync(zone, fast.EndPoint.Port, allowPrivate: true,
            ("Mail:Connections:PerDestination", "2"), ("Mail:Connections:WaitingPerDestination", "5"), ("Mail:Queue:ClaimBatch", "20"),
            ("Mail:Queue:DrainTimeout", "00:00:00"));
        await system.AcceptManyAsync(200, (_, message) => message with { Recipients = [WorkerSystem.To("ann@slow.test")] });
        var behind = await system.AcceptManyAsync(50);
        await system.KeepReasonsAsync();

        await system.StartWorkerAsync();

        foreach (var id in behind)
            await system.WhenAsync(id, MessageStatus.Sent);
        await system.UntilAsync(() => Task.FromResult(slow.Connections >= 2), () => "nothing hangs");
        Assert.Equal(2, slow.Connections);
        // What cannot start is not held.
        await system.UntilAsync(async () => await system.CountAsync("select count(*) from delivery_queue where leased_by is not null") == 2,
            () => "more is held than hangs");
        await system.UntilAsync(
            async () => await system.CountAsync("select count(*) from reasons where reason = 'the servers of the destination do not answer'") > 0,
            () => "no reason is told");
    }

    [Fact]
    public async Task Many_destinations_that_hang_do_not_hold_others()
    {
        const int Hanging = 50;
        await using var internet = LoopbackInternet.Start();
        internet.Serve("example.test");
        for (var i = 0; i < Hanging; i++)
            internet.Serve($"hangs{i}.test", new SmtpScript().On(i % 2 == 0 ? "MAIL" : SmtpScript.EndOfData, SmtpStep.Hang));
        await using var system = await WorkerSystem.CreateAsync(resolver: internet.Dns.CreateResolver(), settings:
        [
            ("Mail:Delivery:Mode", "direct"), ("Mail:Delivery:MxPort", $"{internet.Port}"), ("Mail:Delivery:AllowPrivateAddresses", "true"),
            ("Mail:Queue:DrainTimeout", "00:00:00"),
        ]);
        await system.AcceptManyAsync(Hanging * 30, (i, message) => message with { Recipients = [WorkerSystem.To($"u@hangs{i % Hanging}.test")] });
        var behind = await system.AcceptManyAsync(50);

        await system.StartWorkerAsync();

        foreach (var id in behind)
            await system.WhenAsync(id, MessageStatus.Sent);
    }

    private static Task<WorkerSystem> CreateAsync(
        DnsZone zone, int port, bool allowPrivate, params (string Key, string Value)[] settings) =>
        WorkerSystem.CreateAsync(resolver: new FakeDnsResolver(zone), settings:
        [
            ("Mail:Delivery:Mode", "direct"),
            ("Mail:Delivery:MxPort", port.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("Mail:Delivery:AllowPrivateAddresses", allowPrivate.ToString()),
            .. settings,
        ]);
}
