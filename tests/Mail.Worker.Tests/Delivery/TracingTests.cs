using System.Collections.Concurrent;
using System.Diagnostics;
using Mail.Core.Messages;
using Mail.TestKit.Smtp;

namespace Mail.Worker.Tests.Delivery;

public sealed class TracingTests
{
    [Fact]
    public async Task A_delivery_continues_the_trace_of_its_message_and_names_no_address()
    {
        var trace = ActivityTraceId.CreateRandom();
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Mail.Worker",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                // Others listen too, and what one of them samples is told to all.
                if (span.TraceId == trace)
                    spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var sink = ScriptedSmtpServer.Start(new SmtpScript { Extensions = ["PIPELINING", "XTRACE"] });
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        var id = await system.AcceptAsync();
        await system.ExecuteAsync($"update messages set traceparent = '00-{trace}-b7ad6b7169203331-01'");

        await system.StartWorkerAsync();

        await system.WhenAsync(id, MessageStatus.Sent);
        await system.UntilAsync(() => Task.FromResult(spans.Any(span => span.OperationName == "deliver")), () => "the span of the delivery does not end");
        var byName = spans.ToDictionary(span => span.OperationName);
        Assert.Equal(["deliver", "queue wait", "smtp"], byName.Keys.Order());
        Assert.Equal(byName["deliver"].SpanId, byName["smtp"].ParentSpanId);
        Assert.Equal(id.ToString(), byName["deliver"].GetTagItem("mail.message.id"));
        Assert.Equal(250, byName["smtp"].GetTagItem("smtp.reply.code"));
        Assert.Contains($"XTRACE={byName["smtp"].Id}", Assert.Single(sink.Messages).ReversePath);
        Assert.DoesNotContain(spans.SelectMany(span => span.TagObjects), tag => tag.Value is string text && text.Contains('@'));
    }
}
