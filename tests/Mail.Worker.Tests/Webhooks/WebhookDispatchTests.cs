using System.Text.Json;
using Mail.Core.Events;
using Mail.Core.Webhooks;
using Mail.Protocol.Webhooks;
using Mail.Worker.Delivery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Webhooks;

public sealed class WebhookDispatchTests : IAsyncLifetime
{
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

    [Fact]
    public async Task A_mail_endpoint_gets_the_event_with_all_signatures()
    {
        var (webhook, secret) = await _system.AddAsync(_receiver.Url, types: EventTypes.MessageBounced);
        await _system.HappenAsync(_system.Bounce());
        await _system.StartWorkerAsync();

        var request = (await _receiver.UntilAsync(1))[0];
        var delivery = await _system.AttemptedAsync(webhook.Id, 1);

        using var body = JsonDocument.Parse(request.Body);
        Assert.Equal(request.Id, body.RootElement.GetProperty("id").GetString());
        Assert.Equal("mail.message.bounced", body.RootElement.GetProperty("type").GetString());
        Assert.Equal("ann@example.test", body.RootElement.GetProperty("data").GetProperty("recipient").GetString());
        Assert.StartsWith("msg_", body.RootElement.GetProperty("data").GetProperty("messageId").GetString(), StringComparison.Ordinal);
        Assert.Equal("application/json", request.Headers["content-type"]);
        Assert.Equal(WebhookVerification.Valid, StandardWebhookSignature.Verify(
            request.Id, request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], request.Body, secret, TimeProvider.System.GetUtcNow()));
        foreach (var header in new[] { "x-stackshift-signature", "x-mailstack-signature" })
            Assert.Equal(WebhookVerification.Valid, TimestampedSignature.Verify(request.Headers[header], request.Body, secret, TimeProvider.System.GetUtcNow()));
        Assert.Equal(WebhookDeliveryStatus.Succeeded, delivery.Status);
        Assert.Equal(request.Id, delivery.Event.ToString());
    }

    [Fact]
    public async Task An_account_endpoint_gets_the_four_fields_of_its_dialect()
    {
        await _system.AddAsync(_receiver.Url, WebhookDialect.Account, types: "email.bounced");
        var bounce = _system.Bounce();
        await _system.HappenAsync(bounce, bounce with { Type = EventTypes.MessageQueued });
        await _system.StartWorkerAsync();

        using var body = JsonDocument.Parse((await _receiver.UntilAsync(1))[0].Body);

        Assert.Equal(["id", "type", "createdAt", "data"], body.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal("email.bounced", body.RootElement.GetProperty("type").GetString());
        Assert.Equal(
            $$"""{"id":"{{bounce.Message}}","toEmail":"ann@example.test","status":"Bounced","errorMessage":"550 5.1.1 mailbox does not exist"}""",
            body.RootElement.GetProperty("data").GetRawText());
        Assert.Equal(1, await _system.ValueAsync<long>("select count(*) from webhook_deliveries"));
    }

    [Fact]
    public async Task A_retry_sends_the_same_octets_under_the_same_id()
    {
        var (webhook, _) = await _system.AddAsync(_receiver.Url, types: EventTypes.MessageBounced);
        var isFirstSeen = new TaskCompletionSource();
        _receiver.Answer = async context =>
        {
            var isFirst = _receiver.Requests.Count == 1;
            // The retry may come by itself before the first result was looked at.
            if (!isFirst)
                await isFirstSeen.Task.WaitAsync(context.RequestAborted);
            context.Response.StatusCode = isFirst ? 500 : 200;
        };
        await _system.HappenAsync(_system.Bounce("jörg@example.test"));
        await _system.StartWorkerAsync();
        var first = await _system.AttemptedAsync(webhook.Id, 1);
        isFirstSeen.SetResult();
        await _system.MakeDueAsync();

        var second = await _system.AttemptedAsync(webhook.Id, 2);
        var requests = await _receiver.UntilAsync(2);
        var attempts = await _system.Deliveries.AttemptsAsync(_system.Organization, second.Id, CancellationToken.None);

        Assert.Equal(WebhookDeliveryStatus.Pending, first.Status);
        Assert.InRange(first.NextAttemptAt!.Value - first.CreatedAt, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(20));
        Assert.Equal(requests[0].Body, requests[1].Body);
        Assert.Equal(requests[0].Id, requests[1].Id);
        Assert.Equal(WebhookDeliveryStatus.Succeeded, second.Status);
        Assert.Equal([(1, 500, false), (2, 200, true)], attempts.Select(attempt => (attempt.Number, attempt.ResponseStatus!.Value, attempt.Succeeded)));
    }

    [Fact]
    public async Task What_was_answered_is_kept_up_to_a_bound()
    {
        var (webhook, _) = await _system.AddAsync(_receiver.Url, types: EventTypes.MessageBounced);
        _receiver.Answer = async context =>
        {
            context.Response.StatusCode = 400;
            context.Response.Headers["X-Note"] = new string('n', 2000);
            await context.Response.Body.WriteAsync(new byte[] { (byte)'a', 0, 0xFF });
            await context.Response.WriteAsync(new string('b', 100_000));
        };
        await _system.HappenAsync(_system.Bounce());
        await _system.StartWorkerAsync();

        var delivery = await _system.AttemptedAsync(webhook.Id, 1);
        var attempts = await _system.Deliveries.AttemptsAsync(_system.Organization, delivery.Id, CancellationToken.None);

        var attempt = Assert.Single(attempts, attempt => attempt.Number == 1);
        Assert.Equal("not_success", attempt.Error);
        Assert.StartsWith("a\uFFFD\uFFFDbbb", attempt.ResponseBody, StringComparison.Ordinal);
        Assert.Equal(4096, attempt.ResponseBody!.Length);
        Assert.Equal(500, attempt.ResponseHeaders!["x-note"].Length);
        Assert.Equal(_receiver.Url, attempt.Url);
    }

    [Fact]
    public async Task Retry_after_is_honoured()
    {
        var (webhook, _) = await _system.AddAsync(_receiver.Url, types: EventTypes.MessageBounced);
        _receiver.Answer = context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "3600";
            return Task.CompletedTask;
        };
        await _system.HappenAsync(_system.Bounce());
        await _system.StartWorkerAsync();

        var delivery = await _system.AttemptedAsync(webhook.Id, 1);

        Assert.InRange(delivery.NextAttemptAt!.Value - delivery.CreatedAt, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(62));
    }

    [Fact]
    public async Task A_redirect_is_a_failure_and_not_followed()
    {
        var (webhook, _) = await _system.AddAsync(_receiver.Url + "/first", types: EventTypes.MessageBounced);
        _receiver.Answer = context =>
        {
            context.Response.Redirect("/second");
            return Task.CompletedTask;
        };
        await _system.HappenAsync(_system.Bounce());
        await _system.StartWorkerAsync();

        var delivery = await _system.AttemptedAsync(webhook.Id, 1);

        Assert.Equal("redirect_not_followed", delivery.Error);
        Assert.Equal(["/first"], _receiver.Requests.Select(request => request.Path).Distinct());
    }

    [Fact]
    public async Task Gone_disables_the_endpoint_and_says_so()
    {
        var (webhook, _) = await _system.AddAsync(_receiver.Url, types: EventTypes.MessageBounced);
        _receiver.Answer = WebhookReceiver.Status(410);
        await _system.HappenAsync(_system.Bounce());
        await _system.StartWorkerAsync();

        var delivery = await _system.AttemptedAsync(webhook.Id, 1);

        var disabled = await _system.Webhooks.FindAsync(_system.Organization, webhook.Id, CancellationToken.None);
        Assert.Equal((WebhookStatus.Disabled, "gone"), (disabled!.Status, disabled.DisabledReason));
        Assert.Equal(WebhookDeliveryStatus.Failed, delivery.Status);
        Assert.Equal(1, await _system.ValueAsync<long>("select count(*) from events where type = 'mail.webhook.disabled' and data ->> 'reason' = 'gone'"));
        await _system.HappenAsync(_system.Bounce());
        Assert.Equal(0, await _system.ValueAsync<long>("select count(*) from webhook_queue"));
    }

    [Fact]
    public async Task An_endpoint_that_fails_for_days_is_disabled_and_what_waits_is_given_up()
    {
        var (webhook, _) = await _system.AddAsync(_receiver.Url, types: EventTypes.MessageBounced);
        await _system.ExecuteAsync("update webhook_endpoints set failing_since = now() - interval '5 days 1 minute'");
        _receiver.Answer = WebhookReceiver.Status(503);
        await _system.HappenAsync(_system.Bounce(), _system.Bounce(), _system.Bounce());
        await _system.StartWorkerAsync();

        await _system.UntilAsync(
            async () => (await _system.Webhooks.FindAsync(_system.Organization, webhook.Id, CancellationToken.None))!.DisabledReason == "failing",
            () => "the endpoint is active");

        Assert.All(await _system.DeliveriesOfAsync(webhook.Id), delivery => Assert.Equal(WebhookDeliveryStatus.Failed, delivery.Status));
        Assert.Equal(0, await _system.ValueAsync<long>("select count(*) from webhook_queue"));
        Assert.Single(_receiver.Requests);
    }

    [Fact]
    public async Task After_the_last_attempt_the_delivery_has_failed_and_an_event_tells()
    {
        var (webhook, _) = await _system.AddAsync(_receiver.Url, types: EventTypes.MessageBounced);
        _receiver.Answer = WebhookReceiver.Status(500);
        await _system.HappenAsync(_system.Bounce());
        await _system.ExecuteAsync($"update webhook_queue set attempts = {WebhookSchedule.MaxAttempts - 1}");
        await _system.StartWorkerAsync();

        var delivery = await _system.AttemptedAsync(webhook.Id, 1);

        Assert.Equal((WebhookDeliveryStatus.Failed, 500), (delivery.Status, delivery.ResponseStatus));
        Assert.Equal(1, await _system.ValueAsync<long>("select count(*) from events where type = 'mail.webhook.delivery.failed'"));
    }

    [Fact]
    public async Task Events_about_deliveries_reach_who_names_them_and_cause_no_further_ones()
    {
        var (named, _) = await _system.AddAsync(_receiver.Url + "/named", types: EventTypes.WebhookDeliverySucceeded);
        var (all, _) = await _system.AddAsync(_receiver.Url + "/all", types: "*");
        await _system.ForgetAsync();
        await _system.StartWorkerAsync();
        await _system.HappenAsync(_system.Bounce());

        await _system.UntilAsync(
            async () => (await _system.DeliveriesOfAsync(named.Id)).Any() && await _system.ValueAsync<long>("select count(*) from webhook_queue") == 0,
            () => "not drained");

        Assert.Equal("mail.webhook.delivery.succeeded", Assert.Single(await _system.DeliveriesOfAsync(named.Id)).EventType);
        Assert.Equal("mail.message.bounced", Assert.Single(await _system.DeliveriesOfAsync(all.Id)).EventType);
        Assert.Equal(1, await _system.ValueAsync<long>("select count(*) from events where type = 'mail.webhook.delivery.succeeded'"));
    }

    [Fact]
    public async Task A_test_event_reaches_one_endpoint_only()
    {
        var (tested, _) = await _system.AddAsync(_receiver.Url + "/tested", WebhookDialect.Account, types: "email.opened");
        await _system.AddAsync(_receiver.Url + "/other", types: "*");
        await _system.ForgetAsync();
        await _system.StartWorkerAsync();

        var outcome = await _system.Deliveries.TestAsync(_system.Organization, tested.Id, CancellationToken.None);
        var request = (await _receiver.UntilAsync(1))[0];
        await _system.AttemptedAsync(tested.Id, 1);

        Assert.Equal("mail.webhook.test", Assert.IsType<RetryWebhookOutcome.Queued>(outcome).Delivery.EventType);
        Assert.Equal("/tested", Assert.Single(_receiver.Requests).Path);
        Assert.Contains("\"type\":\"webhook.test\"", request.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_endpoint_does_not_delay_another()
    {
        const int Each = 40;
        var released = new TaskCompletionSource();
        _receiver.Answer = context => context.Request.Path == "/slow" ? released.Task.WaitAsync(context.RequestAborted) : Task.CompletedTask;
        var (slow, _) = await _system.AddAsync(_receiver.Url + "/slow", types: EventTypes.MessageBounced);
        await _system.HappenAsync([.. Enumerable.Range(0, Each).Select(_ => _system.Bounce())]);
        var (quick, _) = await _system.AddAsync(_receiver.Url + "/quick", types: EventTypes.MessageComplained);
        await _system.HappenAsync([.. Enumerable.Range(0, Each).Select(_ => _system.Bounce() with { Type = EventTypes.MessageComplained })]);
        await _system.StartWorkerAsync(
            ("Mail:Webhooks:Dispatch:PerEndpoint", "4"), ("Mail:Webhooks:Dispatch:Timeout", "00:01:00"), ("Mail:Webhooks:Dispatch:Lease", "00:05:00"));

        await _system.UntilAsync(
            async () => (await _system.DeliveriesOfAsync(quick.Id)).All(delivery => delivery.Status == WebhookDeliveryStatus.Succeeded), () => "waiting");
        await _system.UntilAsync(
            () => Task.FromResult(_receiver.Requests.Count(request => request.Path == "/slow") >= 4), () => "the slow one does not have its share");

        // Everything for the quick one is there while the slow one has answered nothing and holds its share, no more.
        Assert.Equal(4, _receiver.Requests.Count(request => request.Path == "/slow"));
        Assert.All(await _system.DeliveriesOfAsync(slow.Id), delivery => Assert.Equal(0, delivery.Attempts));
        released.SetResult();
        await _system.UntilAsync(
            async () => (await _system.DeliveriesOfAsync(slow.Id)).All(delivery => delivery.Status == WebhookDeliveryStatus.Succeeded), () => "waiting");
        Assert.Equal(2 * Each, _receiver.Requests.Count);
    }

    [Fact]
    public async Task Signals_of_other_processes_and_of_this_one_wake_the_loop()
    {
        await _system.AddAsync(_receiver.Url, types: EventTypes.MessageBounced);
        var worker = await _system.StartWorkerAsync(("Mail:Webhooks:Dispatch:PollInterval", "00:01:00"));
        await _system.UntilAsync(
            async () => await _system.ValueAsync<long>("select count(*) from pg_stat_activity where query = 'listen mail_queue' and state = 'idle' and datname = current_database()") == 1,
            () => "nobody listens");

        await _system.HappenAsync(_system.Bounce());
        await _system.ExecuteAsync("select pg_notify('mail_queue', '')");
        await _receiver.UntilAsync(1);
        await _system.HappenAsync(_system.Bounce());
        worker.Services.GetRequiredService<WorkSignal>().Happened.Set();
        await _receiver.UntilAsync(2);

        Assert.Equal(2, _receiver.Requests.Count);
    }

    [Fact]
    public async Task Workers_that_start_and_stop_deliver_everything_once()
    {
        const int Count = 300;
        for (var i = 0; i < 5; i++)
            await _system.AddAsync($"{_receiver.Url}/{i}", types: EventTypes.MessageBounced);
        await _system.HappenAsync([.. Enumerable.Range(0, Count).Select(_ => _system.Bounce())]);

        for (var start = 1; _receiver.Requests.Count < 5 * Count; start++)
        {
            using var worker = _system.BuildWorker();
            await worker.StartAsync();
            await _receiver.UntilAsync(Math.Min(start * 200, 5 * Count));
            await worker.StopAsync();
        }

        Assert.Equal(5 * Count, _receiver.Requests.Select(request => (request.Path, request.Id)).Distinct().Count());
        Assert.Equal(5 * Count, _receiver.Requests.Count);
        Assert.Equal(0, await _system.ValueAsync<long>("select count(*) from webhook_queue"));
    }

    [Fact]
    public async Task The_metadata_of_the_message_comes_back_and_its_trace_goes_on()
    {
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        await _system.AddAsync(_receiver.Url, types: EventTypes.MessageBounced);
        var bounce = _system.Bounce();
        await _system.ExecuteAsync(
            $$"""
            insert into messages (organization_id, id, mode, status, domain_id, from_address, subject, metadata, traceparent)
            values ('{{_system.Organization.Value}}', '{{bounce.Message!.Value.Value}}', 'live', 'queued', uuidv7(), 'a@b.test', 'Hi',
                    '{"order":"A-1"}', '00-{{Trace}}-00f067aa0ba902b7-01')
            """);
        var spans = new System.Collections.Concurrent.ConcurrentQueue<System.Diagnostics.Activity>();
        using var listener = new System.Diagnostics.ActivityListener
        {
            ShouldListenTo = source => source.Name == "Mail.Worker",
            Sample = (ref System.Diagnostics.ActivityCreationOptions<System.Diagnostics.ActivityContext> options) => options.TraceId.ToString() == Trace
                ? System.Diagnostics.ActivitySamplingResult.AllData : System.Diagnostics.ActivitySamplingResult.None,
            ActivityStopped = spans.Enqueue,
        };
        System.Diagnostics.ActivitySource.AddActivityListener(listener);
        await _system.HappenAsync(bounce);
        await _system.StartWorkerAsync();

        var request = (await _receiver.UntilAsync(1))[0];
        await _system.UntilAsync(() => Task.FromResult(spans.Any(span => span.OperationName == "webhook" && span.TraceId.ToString() == Trace)), () => "no span");

        using var body = JsonDocument.Parse(request.Body);
        Assert.Equal("A-1", body.RootElement.GetProperty("data").GetProperty("metadata").GetProperty("order").GetString());
        Assert.DoesNotContain("traceparent", request.Headers.Keys);
    }
}
