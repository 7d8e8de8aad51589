using Mail.Core.Analytics;
using Mail.Core.Events;
using Mail.Core.Messages;
using Mail.Core.Secrets;
using Mail.Core.Tests.Messages;
using Mail.Core.TrackedMail;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tests.TrackedMail;

public sealed class TrackingStoreTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const int Most = 10;
    private static int _names;
    private readonly TrackingStore _store = new(database.DataSource, Options.Create(new TrackingOptions { MaxPerRecipient = Most }));
    private Sender _sender = null!;
    private MessageId _message;

    public async Task InitializeAsync()
    {
        _sender = await Sender.CreateAsync(database, $"tracking{Interlocked.Increment(ref _names)}");
        var accept = new AcceptStore(database.DataSource, Options.Create(new AcceptOptions()), TimeProvider.System);
        _message = Core.Ids.PrefixedId.New<MessageId>(TimeProvider.System);
        await accept.StoreAsync([new PendingAccept(_sender.Caller, _message, _sender.Domain, _sender.Message("ada@example.com", "bob@example.com"), [], null)], default);
        await DeliveredAsync(TimeSpan.FromMinutes(1));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Every_open_is_an_event_and_each_recipient_is_unique_once()
    {
        await _store.RecordAsync([Open(0), Open(0), Open(1)], default);
        await _store.RecordAsync([Open(0), Click(1, "https://a.test/")], default);

        var totals = await TotalsAsync();
        Assert.Equal((4, 2, 1, 1), (totals[Metric.Opened], totals[Metric.UniqueOpened], totals[Metric.Clicked], totals[Metric.UniqueClicked]));
        var events = await EventsAsync();
        Assert.Equal(4, events.Count(item => item.Type == EventTypes.MessageOpened));
        var clicked = Assert.Single(events, item => item.Type == EventTypes.MessageClicked).Data!.Value;
        Assert.Equal(("bob@example.com", "https://a.test/", "Firefox"),
            (clicked.GetProperty("recipient").GetString(), clicked.GetProperty("url").GetString(), clicked.GetProperty("userAgent").GetString()));
        Assert.False(clicked.TryGetProperty("bot", out _));
    }

    [Fact]
    public async Task Machines_are_marked_and_are_nobody()
    {
        await _store.RecordAsync([Open(0, TrackingClient.Machine), Click(0, "https://a.test/", TrackingClient.Machine), Open(1, TrackingClient.ImageProxy)], default);

        var totals = await TotalsAsync();
        Assert.Equal((2, 1, 1, 0), (totals[Metric.Opened], totals[Metric.UniqueOpened], totals[Metric.Clicked], totals[Metric.UniqueClicked]));
        var events = await EventsAsync();
        Assert.Equal(2, events.Count(item => item.Data is { } data && data.TryGetProperty("bot", out var bot) && bot.GetBoolean()));
        Assert.Single(events, item => item.Data is { } data && data.TryGetProperty("proxy", out _));
        await _store.RecordAsync([Open(0)], default);
        Assert.Equal(2, (await TotalsAsync())[Metric.UniqueOpened]);
    }

    [Fact]
    public async Task Who_is_quicker_than_a_person_is_a_machine()
    {
        // In an hour: nobody is later than that.
        await DeliveredAsync(TimeSpan.FromHours(-1));
        await _store.RecordAsync([Open(0)], default);
        var totals = await TotalsAsync();
        Assert.Equal((1, 0), (totals[Metric.Opened], totals[Metric.UniqueOpened]));
    }

    [Fact]
    public async Task What_one_recipient_can_fill_is_bounded()
    {
        for (var i = 0; i < 3; i++)
            await _store.RecordAsync([.. Enumerable.Range(0, 7).Select(_ => Open(0))], default);
        Assert.Equal(Most, (await TotalsAsync())[Metric.Opened]);
        Assert.Equal(Most, (await EventsAsync()).Count(item => item.Type == EventTypes.MessageOpened));
    }

    [Fact]
    public async Task Writers_at_the_same_moment_count_one_first_time()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _store.RecordAsync([Open(1), Click(0, "https://a.test/"), Open(0)], default))));
        var totals = await TotalsAsync();
        Assert.Equal((16, 2, 8, 1), (totals[Metric.Opened], totals[Metric.UniqueOpened], totals[Metric.Clicked], totals[Metric.UniqueClicked]));
    }

    [Fact]
    public async Task Of_messages_and_recipients_that_are_not_there_nothing_is_written()
    {
        var gone = new TrackingTarget(_sender.Caller.Organization, new MessageId(Guid.Parse("01000000-0000-7000-8000-000000000000")), 0, "");
        await _store.RecordAsync([Open(0) with { Target = gone }, Open(7)], default);
        Assert.False(await _store.UnsubscribeAsync(Open(0) with { Action = TrackingAction.Unsubscribe, Target = gone }, default));
        Assert.Equal(0, (await TotalsAsync()).Activity - (await TotalsAsync())[Metric.Accepted]);
    }

    [Fact]
    public async Task Unsubscribing_counts_once_however_often_it_is_asked_for()
    {
        var hit = Open(0) with { Action = TrackingAction.Unsubscribe };
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _store.UnsubscribeAsync(hit, default)))), Assert.True);
        Assert.Equal(1, (await TotalsAsync())[Metric.Unsubscribed]);
        Assert.Single(await EventsAsync(), item => item.Type == EventTypes.MessageUnsubscribed);
    }

    [Fact]
    public async Task Who_unsubscribes_is_suppressed_and_again_after_being_let_off()
    {
        var hit = Open(0) with { Action = TrackingAction.Unsubscribe };
        await _store.UnsubscribeAsync(hit, default);
        Assert.Equal(["ada@example.com unsubscribe system"], await SuppressedAsync());

        await database.ExecuteAsync("delete from suppressions where organization_id = $1", _sender.Caller.Organization.Value);
        await _store.UnsubscribeAsync(hit, default);
        Assert.Equal(["ada@example.com unsubscribe system"], await SuppressedAsync());
        Assert.Equal(1, (await TotalsAsync())[Metric.Unsubscribed]);
    }

    [Fact]
    public async Task Who_unsubscribes_from_mail_of_a_test_key_still_gets_live_mail()
    {
        await database.ExecuteAsync("update messages set mode = 'test' where organization_id = $1", _sender.Caller.Organization.Value);
        Assert.True(await _store.UnsubscribeAsync(Open(0) with { Action = TrackingAction.Unsubscribe }, default));
        Assert.Empty(await SuppressedAsync());
    }

    [Fact]
    public void A_token_says_what_it_was_written_for_and_nothing_else()
    {
        var links = new TrackingLinks(new SignedTokens([new byte[32]]));
        var url = "https://a.test/" + new string('ü', 1900);
        var token = links.Write(TrackingAction.Click, _sender.Caller.Organization, _message, 49, url);
        Assert.Equal(new TrackingTarget(_sender.Caller.Organization, _message, 49, url), links.Read(TrackingAction.Click, token));
        Assert.Null(links.Read(TrackingAction.Open, token));
        Assert.Null(links.Read(TrackingAction.Unsubscribe, token));
        Assert.Null(links.Read(TrackingAction.Click, new string('A', 100_000)));
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36", TrackingClient.Person)]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148", TrackingClient.Person)]
    [InlineData("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", TrackingClient.ImageProxy)]
    [InlineData("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", TrackingClient.ImageProxy)]
    [InlineData("Mozilla/5.0", TrackingClient.Machine)]
    [InlineData("Barracuda Sentinel (EE)", TrackingClient.Machine)]
    [InlineData("Googlebot/2.1", TrackingClient.Machine)]
    [InlineData("", TrackingClient.Machine)]
    [InlineData(null, TrackingClient.Machine)]
    public void Clients_are_told_by_their_name(string? userAgent, TrackingClient client) => Assert.Equal(client, TrackingClients.Of(userAgent));

    private Task<List<string>> SuppressedAsync() => database.RowsAsync(
        "select email || ' ' || reason || ' ' || source from suppressions where organization_id = $1", row => row.GetString(0), _sender.Caller.Organization.Value);

    private Task DeliveredAsync(TimeSpan ago) => database.ExecuteAsync(
        "update message_recipients set status = 'sent', settled_at = now() - $3 where message_id = $1 and organization_id = $2",
        _message.Value, _sender.Caller.Organization.Value, ago);

    private TrackingHit Open(short recipient, TrackingClient client = TrackingClient.Person) => new(
        TrackingAction.Open, new TrackingTarget(_sender.Caller.Organization, _message, recipient, ""), "Firefox", "192.0.2.1", client);

    private TrackingHit Click(short recipient, string url, TrackingClient client = TrackingClient.Person) => new(
        TrackingAction.Click, new TrackingTarget(_sender.Caller.Organization, _message, recipient, url), "Firefox", "192.0.2.1", client);

    private async Task<AnalyticsCounts> TotalsAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var query = new AnalyticsQuery(now.AddDays(-1), now.AddDays(1), AnalyticsInterval.Day, "UTC", null, null, null, null);
        return AnalyticsCounts.Sum((await new AnalyticsStore(database.DataSource).ReadAsync(_sender.Caller.Organization, query, default)).Cells.Values);
    }

    private Task<List<EventDetails>> EventsAsync() =>
        new EventStore(database.DataSource).OfMessageAsync(_sender.Caller.Organization, _message, default);
}
