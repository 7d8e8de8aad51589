using System.Net;
using System.Net.Http.Json;
using Mail.EndToEnd.Tests.Running;

namespace Mail.EndToEnd.Tests;

/// <summary>One trace leads from the API request to the inbound session; the dashboard has it.</summary>
[Collection(CaptureCollection.Name)]
public sealed class TraceTests(CaptureSystem fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly (string Service, string Name)[] Steps =
        [("worker", "queue wait"), ("worker", "deliver"), ("worker", "smtp"), ("inbound", "inbound session")];

    private readonly MailSystem _system = fixture.Instance;

    [Fact]
    public async Task Request_queue_wait_delivery_conversation_and_inbound_session_share_the_request_id()
    {
        using var response = await _system.Live.PostAsJsonAsync("/v1/mail/send", MailClient.Message(MailClient.NewRecipient()));
        var requestId = response.Headers.GetValues("X-Request-Id").Single();
        var id = (await response.ReadAsync(HttpStatusCode.Accepted)).Text("data", "id");
        var spans = await CompleteAsync(requestId);

        var request = Assert.Single(spans, span => span is { Service: "api", Parent: null or "" });
        Assert.Equal("/v1/mail/send", request.Tags["http.route"]);
        Assert.Equal("202", request.Tags["http.response.status_code"]);
        Assert.Equal(id, request.Tags["mail.message.id"]);
        var (wait, deliver, smtp, session) = (Step(spans, 0), Step(spans, 1), Step(spans, 2), Step(spans, 3));
        Assert.Equal(id, deliver.Tags["mail.message.id"]);
        Assert.True(Leads(spans, request, wait) && Leads(spans, request, deliver), Show(spans));
        Assert.True(Leads(spans, deliver, smtp) && Leads(spans, smtp, session), Show(spans));
    }

    [Fact]
    public async Task Looking_for_work_makes_no_traces()
    {
        var id = await _system.Live.SendAsync(MailClient.Message(MailClient.NewRecipient()));
        IReadOnlyList<Span> spans = [];
        await Eventually.IsTrueAsync("the delivery was traced", Limit, async _ =>
        {
            spans = await new Traces(_system).ReadAllAsync();
            return spans.Any(span => span.Name == "deliver" && span.Tags["mail.message.id"] == id);
        }, () => Show(spans));

        Assert.DoesNotContain(spans, span => span is { Name: "postgresql", Parent: null or "" });
    }

    /// <summary>The trace when the services have sent all parts of it.</summary>
    private async Task<IReadOnlyList<Span>> CompleteAsync(string traceId)
    {
        IReadOnlyList<Span> seen = [];
        return await Eventually.GetAsync("a trace with every step", Limit, async _ =>
        {
            seen = await new Traces(_system).ReadAsync(traceId);
            return seen.Any(span => span is { Service: "api", Parent: null or "" })
                && Steps.All(step => seen.Any(span => (span.Service, span.Name) == step)) ? seen : null;
        }, () => Show(seen));
    }

    private static Span Step(IReadOnlyList<Span> spans, int index) => Assert.Single(spans, span => (span.Service, span.Name) == Steps[index]);

    /// <summary>Whether one span is above another one.</summary>
    private static bool Leads(IReadOnlyList<Span> spans, Span above, Span below)
    {
        for (var at = below; at is not null; at = spans.FirstOrDefault(span => span.Id == at.Parent))
            if (at.Parent == above.Id)
                return true;
        return false;
    }

    private static string Show(IReadOnlyList<Span> spans) =>
        string.Join('\n', spans.Select(span => $"{span.Service}: {span.Name} {span.Id} below {span.Parent}"));
}
