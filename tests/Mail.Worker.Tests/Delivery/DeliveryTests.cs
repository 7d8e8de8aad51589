using System.Text;
using Mail.Core.Domains;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Protocol.Dkim;
using Mail.TestKit.Dns;
using Mail.TestKit.Smtp;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Delivery;

public sealed class DeliveryTests
{
    [Fact]
    public async Task A_message_is_delivered_and_recorded()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync();

        var message = await system.WhenAsync(id, MessageStatus.Sent);
        Assert.Equal(250, Assert.Single(message.Recipients).SmtpCode);
        Assert.Single(sink.Messages);
        var attempt = Assert.Single(await system.AttemptsAsync(id));
        Assert.Equal(("delivered", "end_of_data", "accepted"), (attempt.Outcome, attempt.Stage, attempt.Cause));
        Assert.Equal("127.0.0.1", attempt.MxAddress);
        Assert.Equal(0, await system.CountAsync("select count(*) from delivery_queue"));
    }

    [Theory]
    [InlineData("All", 1)]
    [InlineData("Failures", 0)]
    public async Task The_conversation_with_the_server_is_kept_as_the_options_say(string keep, int kept)
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: ("Mail:Conversations:Keep", keep));
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync(message => message with { Text = "the body is not kept" });
        await system.WhenAsync(id, MessageStatus.Sent);

        var logs = await system.Front.Services.GetRequiredService<DeliveryLogStore>()
            .OfMessageAsync(system.Caller.Organization, id, CancellationToken.None);
        Assert.Equal(kept, logs!.Count);
        var text = string.Join('\n', logs.SelectMany(log => log.Lines).Select(line => $"{line.Speaker} {line.Stage} {line.Text}"));
        if (kept == 1)
        {
            Assert.Contains("Client mail_from MAIL FROM:<", text, StringComparison.Ordinal);
            Assert.Contains("Server end_of_data 250", text, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("body", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_attempt_keeps_its_conversation_in_any_case()
    {
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript().On("RCPT", SmtpStep.Reply("550 5.1.1 no such user")));
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: ("Mail:Conversations:Keep", "Failures"));
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync();
        await system.WhenAsync(id, MessageStatus.Bounced);

        var logs = await system.Front.Services.GetRequiredService<DeliveryLogStore>()
            .OfMessageAsync(system.Caller.Organization, id, CancellationToken.None);
        Assert.Contains(Assert.Single(logs!).Lines, line => line.Text == "550 5.1.1 no such user");
    }

    [Fact]
    public async Task The_signature_verifies_with_the_key_of_the_domain()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        await system.StartWorkerAsync();

        await system.AcceptAsync(message => message with { Subject = "Größe ☕", Html = "<p>Hello</p>" });

        var received = await sink.NextMessageAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        var record = await system.Front.Services.GetRequiredService<DkimKeyStore>()
            .PublicRecordAsync(DemoSeed.Domain, DemoSeed.Selector, CancellationToken.None);
        var dns = new FakeDnsResolver(new DnsZone().Txt($"{DemoSeed.Selector}._domainkey.{DemoSeed.Domain}", [.. DkimKey.SplitTxt(record!)]));
        var result = Assert.Single(await new DkimVerifier(dns, TimeProvider.System).VerifyAsync(received.Content, CancellationToken.None));
        Assert.Equal((DkimStatus.Pass, DemoSeed.Domain), (result.Status, result.Domain));
    }

    [Fact]
    public async Task Blind_recipients_are_in_the_envelope_only()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync(message => message with
        {
            Recipients = [WorkerSystem.To("ann@example.test"), WorkerSystem.To("hidden@example.test", RecipientKind.Bcc)],
        });

        await system.WhenAsync(id, MessageStatus.Sent);
        var received = Assert.Single(sink.Messages);
        Assert.Contains(received.Recipients, path => path.StartsWith("<hidden@example.test>", StringComparison.Ordinal));
        Assert.DoesNotContain("hidden@", Encoding.UTF8.GetString(received.Content), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_return_path_names_the_message_and_its_only_recipient()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: ("Mail:Host:BounceDomain", "bounce.test"));
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync();

        await system.WhenAsync(id, MessageStatus.Sent);
        var path = Assert.Single(sink.Messages).ReversePath.Split(' ')[0].Trim('<', '>');
        Assert.EndsWith("@bounce.test", path);
        var target = system.Front.Services.GetRequiredService<Core.Bounces.ReturnPath>().Read(path[..path.LastIndexOf('@')]);
        Assert.Equal(id, target!.Value.Message);
        Assert.NotNull(target.Value.Recipient);
    }

    [Fact]
    public async Task A_deferred_message_is_tried_again_with_the_same_message_id()
    {
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript().Next("RCPT", SmtpStep.Reply("450 4.2.0 greylisted")));
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        await system.StartWorkerAsync();
        var id = await system.AcceptAsync();
        var deferred = await system.WhenAsync(id, MessageStatus.Deferred);
        var wait = deferred.Recipients[0].NextAttemptAt!.Value - DateTimeOffset.UtcNow;
        Assert.InRange(wait, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(90));

        await system.ExecuteAsync("update delivery_queue set due_at = now()");

        await system.WhenAsync(id, MessageStatus.Sent);
        var attempts = await system.AttemptsAsync(id);
        Assert.Equal(["deferred", "delivered"], attempts.OrderBy(attempt => attempt.Number).Select(attempt => attempt.Outcome));
        Assert.Contains($"Message-ID: <{id}@", Encoding.ASCII.GetString(Assert.Single(sink.Messages).Content));
    }

    [Fact]
    public async Task A_permanent_refusal_bounces_only_the_recipient_it_is_about()
    {
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript()
            .On("RCPT", line => line.Contains("gone@", StringComparison.Ordinal), SmtpStep.Reply("550 5.1.1 no such user")));
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync(message => message with
        {
            Recipients = [WorkerSystem.To("ann@example.test"), WorkerSystem.To("gone@example.test")],
        });

        var message = await system.WhenAsync(id, MessageStatus.Bounced);
        Assert.Equal([MessageStatus.Sent, MessageStatus.Bounced], message.Recipients.Select(recipient => recipient.Status));
        Assert.Equal((550, "5.1.1", "no such user"),
            (message.Recipients[1].SmtpCode, message.Recipients[1].EnhancedCode, message.Recipients[1].Reply));
        Assert.Equal(0, await system.CountAsync("select count(*) from delivery_queue"));
    }

    [Fact]
    public async Task A_connection_that_dies_before_the_final_reply_is_uncertain_and_tried_again()
    {
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript().Next(SmtpScript.EndOfData, SmtpStep.Drop));
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        await system.StartWorkerAsync();
        var id = await system.AcceptAsync();
        await system.WhenAsync(id, MessageStatus.Deferred);
        var attempt = Assert.Single(await system.AttemptsAsync(id));
        Assert.Equal(("uncertain", "end_of_data"), (attempt.Outcome, attempt.Stage));

        await system.ExecuteAsync("update delivery_queue set due_at = now()");

        await system.WhenAsync(id, MessageStatus.Sent);
    }

    [Fact]
    public async Task An_item_whose_time_is_over_fails_without_an_attempt_to_connect()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        var id = await system.AcceptAsync();
        await system.ExecuteAsync("update delivery_queue set give_up_at = now() - interval '1 second'");

        await system.StartWorkerAsync();

        await system.WhenAsync(id, MessageStatus.Failed);
        Assert.Equal("expired", Assert.Single(await system.AttemptsAsync(id)).Cause);
        Assert.Equal(0, sink.Connections);
    }

    [Fact]
    public async Task A_header_that_would_inject_another_fails_the_message()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        var id = await system.AcceptAsync();
        await system.ExecuteAsync("""update message_contents set headers = '{"X-Note": "a\r\nBcc: spy@evil.test"}'""");

        await system.StartWorkerAsync();

        await system.WhenAsync(id, MessageStatus.Failed);
        Assert.Equal(("build", "content"), (await system.AttemptsAsync(id)).Select(attempt => (attempt.Stage, attempt.Cause)).Single());
        Assert.Empty(sink.Messages);
    }

    [Fact]
    public async Task Messages_share_connections()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: ("Mail:Connections:PerRelay", "2"));
        await system.AcceptManyAsync(50);

        await system.StartWorkerAsync();

        await system.UntilQueueIsEmptyAsync();
        Assert.Equal(50, sink.Messages.Count);
        Assert.InRange(sink.Connections, 1, 2);
    }

    [Fact]
    public async Task A_connection_takes_no_more_messages_than_it_may()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings:
            [("Mail:Connections:PerRelay", "1"), ("Mail:Connections:MessagesPerRelayConnection", "5")]);
        await system.AcceptManyAsync(20);

        await system.StartWorkerAsync();

        await system.UntilQueueIsEmptyAsync();
        Assert.Equal(4, sink.Connections);
    }

    [Fact]
    public async Task A_kept_connection_that_the_server_has_closed_is_replaced_at_once()
    {
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript().Next("QUIT", SmtpStep.Drop));
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        await system.StartWorkerAsync();
        await system.WhenAsync(await system.AcceptAsync(), MessageStatus.Sent);
        sink.Script.Next("MAIL", SmtpStep.ReplyAndDrop("421 4.7.0 idle too long"));

        var id = await system.AcceptAsync();

        await system.WhenAsync(id, MessageStatus.Sent);
        Assert.Equal("delivered", Assert.Single(await system.AttemptsAsync(id)).Outcome);
        Assert.Equal(2, sink.Connections);
    }

    [Fact]
    public async Task Mail_of_test_keys_is_captured_whatever_the_mode()
    {
        await using var relay = ScriptedSmtpServer.Start();
        await using var capture = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(
            relay.EndPoint, settings: ("Mail:Delivery:CaptureAddress", capture.EndPoint.ToString()));
        await system.StartWorkerAsync();

        await system.WhenAsync(await system.AcceptAsync(mode: SendingMode.Test), MessageStatus.Sent);

        Assert.Single(capture.Messages);
        Assert.Empty(relay.Messages);
    }

    [Fact]
    public async Task The_trace_goes_to_servers_that_ask_for_it_and_to_no_others()
    {
        await using var plain = ScriptedSmtpServer.Start();
        await using var traced = ScriptedSmtpServer.Start(new SmtpScript { Extensions = ["PIPELINING", "XTRACE"] });
        await using var system = await WorkerSystem.CreateAsync(
            plain.EndPoint, settings: ("Mail:Delivery:CaptureAddress", traced.EndPoint.ToString()));
        const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        var live = await system.AcceptAsync();
        var test = await system.AcceptAsync(mode: SendingMode.Test);
        await system.ExecuteAsync($"update messages set traceparent = '{TraceParent}'");

        await system.StartWorkerAsync();

        await system.WhenAsync(live, MessageStatus.Sent);
        await system.WhenAsync(test, MessageStatus.Sent);
        Assert.DoesNotContain("XTRACE", Assert.Single(plain.Messages).ReversePath);
        Assert.Contains("XTRACE=00-0af7651916cd43dd8448eb211c80319c-", Assert.Single(traced.Messages).ReversePath);
    }

    [Fact]
    public async Task A_message_that_stays_deferred_is_told_to_be_late_once()
    {
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript().On("RCPT", SmtpStep.Reply("450 4.2.0 greylisted")));
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        await system.StartWorkerAsync();
        var id = await system.AcceptAsync();
        await system.WhenAsync(id, MessageStatus.Deferred);
        Assert.Equal(0, await system.CountAsync("select count(*) from events where type = 'mail.delivery.delayed'"));

        for (var attempt = 2; attempt <= 3; attempt++)
        {
            await system.ExecuteAsync("update delivery_queue set due_at = now(), enqueued_at = now() - interval '5 hours'");
            await system.UntilAsync(async () => (await system.AttemptsAsync(id)).Count == attempt, () => $"attempt {attempt} is not made");
        }

        Assert.Equal(1, await system.CountAsync("select count(*) from events where type = 'mail.delivery.delayed'"));
    }
}
