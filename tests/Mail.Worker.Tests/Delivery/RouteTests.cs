using Mail.Core.Messages;
using Mail.Core.Queue;
using Mail.Core.Secrets;
using Mail.TestKit;
using Mail.TestKit.Dns;
using Mail.TestKit.Smtp;
using Mail.Worker.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Delivery;

public sealed class RouteTests
{
    private static readonly (string, string) Quick = ("Mail:Shaping:RouteInterval", "00:00:00.020");

    [Fact]
    public async Task The_most_special_route_of_the_operator_wins_over_the_usual_one()
    {
        await using var usual = ScriptedSmtpServer.Start();
        await using var ofDomain = ScriptedSmtpServer.Start();
        await using var ofBoth = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(usual.EndPoint, settings: Quick);
        var routes = system.Front.Services.GetRequiredService<RouteStore>();
        await routes.SaveAsync(new RouteOverride(null, "special.test", ofDomain.EndPoint.ToString(), null, null, null, null), default);
        await routes.SaveAsync(
            new RouteOverride(system.Caller.Organization, "both.test", ofBoth.EndPoint.ToString(), "disabled", null, null, null), default);
        await routes.SaveAsync(new RouteOverride(null, "both.test", ofDomain.EndPoint.ToString(), null, null, null, null), default);
        await system.StartWorkerAsync();

        foreach (var domain in new[] { "example.test", "special.test", "both.test" })
            await system.WhenAsync(await system.AcceptAsync(m => m with { Recipients = [WorkerSystem.To($"ann@{domain}")] }), MessageStatus.Sent);

        Assert.Equal((1, 1, 1), (usual.Messages.Count, ofDomain.Messages.Count, ofBoth.Messages.Count));
    }

    [Fact]
    public async Task The_password_of_a_relay_is_sealed_and_read_back()
    {
        await using var system = await WorkerSystem.CreateAsync();
        var routes = system.Front.Services.GetRequiredService<RouteStore>();
        await routes.SaveAsync(
            new RouteOverride(null, "a.test", "relay.test:587", "verified", "user", new Secret("pass word"), null), default);

        var route = Assert.Single(await routes.ListAsync(default));

        Assert.Equal("pass word", route.RelayPassword!.Value.Value);
        Assert.Equal(0, await system.CountAsync("select count(*) from delivery_routes where position('pass word'::bytea in relay_password) > 0"));
        Assert.True(await routes.DeleteAsync(null, "a.test", default));
        Assert.False(await routes.DeleteAsync(null, "a.test", default));
    }

    [Fact]
    public async Task A_source_says_its_own_name_and_has_its_own_destination()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: [Quick, ("Mail:Shaping:ReportInterval", "00:00:00.020")]);
        await system.Front.Services.GetRequiredService<SourceStore>().SaveAsync(
            new DeliverySource("one", DeliverySource.DefaultPool, System.Net.IPAddress.Parse("127.0.0.5"), "out1.mail.test", 1, null), default);
        await system.StartWorkerAsync();

        await system.WhenAsync(await system.AcceptAsync(), MessageStatus.Sent);

        Assert.Contains(sink.Commands, command => command.StartsWith("EHLO out1.mail.test", StringComparison.Ordinal));
        await system.UntilAsync(async () => await system.CountAsync(
            "select count(*) from delivery_destination_states where destination like 'relay % from one'") == 1, () => "not told");
    }

    [Fact]
    public async Task What_a_source_under_warm_up_may_not_send_goes_to_another_one()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: [Quick, ("Mail:Warmup:DailyCaps:0", "3")]);
        var sources = system.Front.Services.GetRequiredService<SourceStore>();
        await sources.SaveAsync(new DeliverySource("new", DeliverySource.DefaultPool, null, "new.mail.test", 1000, 1), default);
        await sources.SaveAsync(new DeliverySource("warm", DeliverySource.DefaultPool, null, "warm.mail.test", 1, null), default);
        await system.AcceptManyAsync(40);

        await system.StartWorkerAsync();

        await system.UntilQueueIsEmptyAsync();
        Assert.Equal(3, await system.CountAsync("select sum(used) from delivery_source_days where source = 'new'"));
        Assert.Contains(sink.Commands, command => command.StartsWith("EHLO warm.mail.test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_source_that_may_send_items_wait_and_say_why()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: [Quick, ("Mail:Warmup:DailyCaps:0", "2")]);
        await system.Front.Services.GetRequiredService<SourceStore>().SaveAsync(
            new DeliverySource("new", DeliverySource.DefaultPool, null, "new.mail.test", 1, 1), default);
        await system.AcceptManyAsync(10);

        await system.StartWorkerAsync();

        await system.UntilAsync(async () => await system.CountAsync("select count(*) from delivery_queue") == 8, () => "none is sent");
        await system.UntilAsync(async () => await system.CountAsync(
            "select count(*) from delivery_queue where wait_reason like 'no address to send from%' and attempts = 0") == 8, () => "they do not wait");
        Assert.Equal(2, sink.Messages.Count);
    }

    [Fact]
    public async Task Reservations_never_exceed_the_cap()
    {
        await using var system = await WorkerSystem.CreateAsync();
        var sources = system.Front.Services.GetRequiredService<SourceStore>();

        var granted = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => sources.ReserveAsync("s", "gmail", 100, 15, default))));

        Assert.Equal(100, granted.Sum());
        Assert.Equal(0, await sources.ReserveAsync("s", "gmail", 100, 15, default));
    }

    [Fact]
    public void A_server_that_cannot_be_reached_comes_after_the_others_until_it_works_or_time_has_passed()
    {
        var time = new ManualTime();
        var hosts = new BadHosts(time);
        Target[] targets = [Target("one"), Target("two")];
        Assert.Same(targets, hosts.GoodFirst(targets));

        hosts.Failed(targets[0]);
        Assert.Equal(["two", "one"], hosts.GoodFirst(targets).Select(target => target.Host));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["one", "two"], hosts.GoodFirst(targets).Select(target => target.Host));

        hosts.Failed(targets[0]);
        time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(["two", "one"], hosts.GoodFirst(targets).Select(target => target.Host));
        hosts.Worked(targets[0]);
        Assert.Equal(["one", "two"], hosts.GoodFirst(targets).Select(target => target.Host));

        static Target Target(string host) => new(host, new System.Net.DnsEndPoint(host, 25), 10);
    }

    [Fact]
    public async Task A_dead_first_server_is_not_asked_again_for_every_message()
    {
        await using var mx = ScriptedSmtpServer.Start();
        var zone = new DnsZone().Mx("example.test", 10, "mx1.test").Mx("example.test", 20, "mx2.test")
            .A("mx1.test", "127.0.0.99").A("mx2.test", "127.0.0.1");
        await using var system = await WorkerSystem.CreateAsync(resolver: new FakeDnsResolver(zone), settings:
        [
            ("Mail:Delivery:Mode", "direct"), ("Mail:Delivery:AllowPrivateAddresses", "true"),
            ("Mail:Delivery:MxPort", mx.EndPoint.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ]);
        await system.StartWorkerAsync();

        for (var i = 0; i < 5; i++)
            await system.WhenAsync(await system.AcceptAsync(), MessageStatus.Sent);

        Assert.Equal(1, mx.Connections);
    }
}
