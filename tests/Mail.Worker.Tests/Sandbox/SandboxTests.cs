using System.Text;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Core.Sandbox;
using Mail.TestKit.Dns;
using Mail.TestKit.Smtp;
using Mail.Worker.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mail.Worker.Tests.Sandbox;

/// <summary>Mail to the sandbox goes to our own listener whatever the mode, counts for nothing, and what is to follow follows.</summary>
public sealed class SandboxTests
{
    private const string Domain = "sandbox.test";
    private const string ReturnPath = "b+token@bounce.mail.localhost";

    [Theory]
    [InlineData("smarthost")]
    [InlineData("direct")]
    [InlineData("capture")]
    public async Task Sandbox_mail_goes_to_our_own_listener_in_every_mode(string mode)
    {
        await using var listener = ScriptedSmtpServer.Start();
        await using var elsewhere = ScriptedSmtpServer.Start();
        await using var system = await StartAsync(listener, elsewhere, ("Mail:Delivery:Mode", mode));
        await system.Front.Services.GetRequiredService<RouteStore>().SaveAsync(
            new RouteOverride(null, Domain, elsewhere.EndPoint.ToString(), null, null, null, "pool of nothing"), CancellationToken.None);
        await system.StartWorkerAsync();

        foreach (var sending in new[] { SendingMode.Live, SendingMode.Test })
            await system.WhenAsync(await SendAsync(system, "delivered", sending), MessageStatus.Sent);

        Assert.Equal(2, listener.Messages.Count);
        Assert.Empty(elsewhere.Messages);
    }

    [Fact]
    public async Task Sandbox_bounces_count_neither_for_the_sender_nor_against_the_address()
    {
        await using var listener = ScriptedSmtpServer.Start(new SmtpScript().On("RCPT", SmtpStep.Reply("550 5.1.1 no such user")));
        await using var system = await StartAsync(listener, listener);
        await system.StartWorkerAsync();

        await system.WhenAsync(await SendAsync(system, "bounce+550"), MessageStatus.Bounced);

        Assert.Equal(1, await system.CountAsync("select count(*) from bounces where type = 'hard'"));
        Assert.Equal(0, await system.CountAsync("select count(*) from suppressions"));
        Assert.Equal(0, await system.CountAsync("select coalesce(sum(sent + hard_bounced + accepted), 0)::bigint from sending_hours"));
        Assert.Equal(0, await system.CountAsync("select coalesce(sum(accepted), 0)::bigint from usage_counters"));
    }

    [Fact]
    public async Task Only_the_recipients_outside_the_sandbox_are_billed()
    {
        await using var listener = ScriptedSmtpServer.Start();
        await using var system = await StartAsync(listener, listener);

        await system.AcceptAsync(message => message with { Recipients = [WorkerSystem.To($"delivered@{Domain}"), WorkerSystem.To("ann@example.test")] });

        Assert.Equal(1, await system.CountAsync("select sum(accepted)::bigint from usage_counters"));
        Assert.Equal(1, await system.CountAsync("select sum(accepted)::bigint from sending_hours"));
    }

    [Fact]
    public async Task What_the_sandbox_says_slows_nothing_down()
    {
        await using var listener = ScriptedSmtpServer.Start(new SmtpScript().Next("RCPT", SmtpStep.Reply("421 4.7.28 unusual rate of mail")));
        await using var system = await StartAsync(listener, listener);
        await system.StartWorkerAsync(("Mail:Shaping:HoldInterval", "00:00:00.020"));
        await system.WhenAsync(await SendAsync(system, "defer+421x1"), MessageStatus.Deferred);

        await system.WhenAsync(await SendAsync(system, "delivered"), MessageStatus.Sent);

        Assert.Equal(0, await system.CountAsync("select count(*) from delivery_holds"));
        Assert.Equal(0, await system.CountAsync("select count(*) from delivery_destinations"));
    }

    [Theory]
    [InlineData(SandboxFollowUpKind.Bounce, "<>", ReturnPath, "Status: 5.1.1")]
    [InlineData(SandboxFollowUpKind.Complaint, "<complaints@sandbox.test>", "fbl@bounce.mail.localhost", "Feedback-Type: abuse")]
    public async Task Report_goes_by_smtp_to_where_it_belongs_and_again_when_it_was_refused(
        SandboxFollowUpKind kind, string from, string to, string line)
    {
        await using var listener = ScriptedSmtpServer.Start(new SmtpScript().Next(SmtpScript.EndOfData, SmtpStep.Reply("451 4.3.0 not now")));
        await using var system = await StartAsync(listener, listener);
        await PlanAsync(system, kind, "Subject: hello");
        await StartFollowUpsAsync(system);
        await system.UntilAsync(async () => await system.CountAsync("select count(*) from sandbox_follow_ups where tries = 1") == 1, () => "not tried");

        // The wait is over.
        await system.ExecuteAsync("update sandbox_follow_ups set due_at = now()");
        await system.UntilAsync(async () => await system.CountAsync("select count(*) from sandbox_follow_ups") == 0, () => "not done");

        var report = Assert.Single(listener.Messages);
        Assert.StartsWith(from, report.ReversePath);
        Assert.StartsWith($"<{to}>", Assert.Single(report.Recipients));
        var text = Encoding.UTF8.GetString(report.Content);
        Assert.Contains(line, text);
        Assert.Contains("Subject: hello", text);
    }

    [Fact]
    public async Task Links_are_followed_at_our_origin_as_a_person_does_it()
    {
        await using var listener = ScriptedSmtpServer.Start();
        await using var site = await SiteAsync();
        await using var system = await StartAsync(listener, listener, ("Mail:Sandbox:Origin", site.Urls.Single()));
        await PlanAsync(system, SandboxFollowUpKind.Click, "/t/c/token");
        await StartFollowUpsAsync(system);

        await system.UntilAsync(async () => await system.CountAsync("select count(*) from sandbox_follow_ups") == 0, () => "not followed");

        var (path, agent) = Assert.Single(site.Services.GetRequiredService<List<(string Path, string Agent)>>());
        Assert.Equal("/t/c/token", path);
        Assert.Equal(Core.TrackedMail.TrackingClient.Person, Core.TrackedMail.TrackingClients.Of(agent));
    }

    [Fact]
    public async Task Follow_up_whose_worker_died_is_done_by_the_next()
    {
        await using var listener = ScriptedSmtpServer.Start();
        await using var system = await StartAsync(listener, listener);
        await PlanAsync(system, SandboxFollowUpKind.Bounce, "Subject: hello");
        var store = system.Front.Services.GetRequiredService<SandboxStore>();
        var lost = Assert.Single(await store.ClaimAsync(10, TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.Empty(await store.ClaimAsync(10, TimeSpan.FromMinutes(1), CancellationToken.None));

        await system.ExecuteAsync("update sandbox_follow_ups set due_at = now()");
        var next = Assert.Single(await store.ClaimAsync(10, TimeSpan.FromMinutes(1), CancellationToken.None));
        await store.EndAsync(lost, CancellationToken.None);
        Assert.Equal(1, await system.CountAsync("select count(*) from sandbox_follow_ups"));
        await store.EndAsync(next, CancellationToken.None);
        Assert.Equal(0, await system.CountAsync("select count(*) from sandbox_follow_ups"));
    }

    private static async Task PlanAsync(WorkerSystem system, SandboxFollowUpKind kind, string content)
    {
        var message = await SendAsync(system, kind.ToString().ToLowerInvariant());
        await system.Front.Services.GetRequiredService<SandboxStore>().PlanAsync(
            [new SandboxFollowUp(
                new SandboxRecipient(system.Caller.Organization, message, 0, $"somebody@{Domain}", 0), kind, ReturnPath,
                Encoding.ASCII.GetBytes(content), TimeSpan.Zero)],
            CancellationToken.None);
    }

    private static Task<MessageId> SendAsync(WorkerSystem system, string localPart, SendingMode mode = SendingMode.Live) =>
        system.AcceptAsync(message => message with { Recipients = [WorkerSystem.To($"{localPart}@{Domain}")] }, mode);

    private static Task<WorkerSystem> StartAsync(
        ScriptedSmtpServer listener, ScriptedSmtpServer elsewhere, params (string Key, string Value)[] settings) =>
        WorkerSystem.CreateAsync(elsewhere.EndPoint, new FakeDnsResolver(), settings:
        [
            ("Mail:Sandbox:Domain", Domain), ("Mail:Sandbox:PollInterval", "00:00:00.020"),
            ("Mail:Delivery:CaptureAddress", listener.EndPoint.ToString()), .. settings,
        ]);

    private static Task<IHost> StartFollowUpsAsync(WorkerSystem system) => system.StartAsync(builder =>
    {
        builder.AddDeliveryOptions();
        builder.AddSandboxFollowUps();
    });

    private static async Task<WebApplication> SiteAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<List<(string Path, string Agent)>>();
        var site = builder.Build();
        site.Urls.Add("http://127.0.0.1:0");
        site.Run(context =>
        {
            context.RequestServices.GetRequiredService<List<(string Path, string Agent)>>()
                .Add((context.Request.Path, context.Request.Headers.UserAgent.ToString()));
            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers.Location = "http://127.0.0.1:1/";
            return Task.CompletedTask;
        });
        await site.StartAsync();
        return site;
    }
}
