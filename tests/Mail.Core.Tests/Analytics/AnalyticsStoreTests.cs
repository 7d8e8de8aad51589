using Mail.Core.Analytics;
using Mail.Core.Messages;
using Mail.Core.Tests.Messages;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.Tests.Analytics;

public sealed class AnalyticsStoreTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static int _names;
    private readonly AnalyticsStore _analytics = new(database.DataSource);
    private Sender _sender = null!;

    public async Task InitializeAsync() => _sender = await Sender.CreateAsync(database, $"analytics{Interlocked.Increment(ref _names)}");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Accepting_counts_every_recipient_once()
    {
        await AcceptAsync(_sender.Message("a@example.com", "b@example.com", "c@example.net"));
        await AcceptAsync(_sender.Message());
        Assert.Equal(4, (await TotalsAsync())[Metric.Accepted]);
    }

    [Fact]
    public async Task Tags_are_a_view_of_their_own_and_do_not_count_twice()
    {
        await AcceptAsync(Tagged(("kind", "receipt"), ("welcome", "")));
        await AcceptAsync(Tagged(("kind", "reset")));
        await AcceptAsync(_sender.Message());

        Assert.Equal(3, (await TotalsAsync())[Metric.Accepted]);
        Assert.Equal(2, (await TotalsAsync(query => query with { Tag = "kind" }))[Metric.Accepted]);
        Assert.Equal(1, (await TotalsAsync(query => query with { Tag = "kind:reset" }))[Metric.Accepted]);
        var groups = await GroupsAsync(AnalyticsGroup.Tag);
        Assert.Equal(["kind:receipt 1", "kind:reset 1", "welcome 1"], groups);
    }

    [Fact]
    public async Task Mail_of_test_keys_is_not_counted()
    {
        var test = _sender with { Caller = _sender.Caller with { Mode = Core.Organizations.SendingMode.Test } };
        await AcceptAsync(test.Message(), test);
        Assert.Equal(0, (await TotalsAsync())[Metric.Accepted]);
    }

    [Fact]
    public async Task Groups_are_told_by_sender_domain_and_provider()
    {
        await database.ExecuteAsync(
            "insert into delivery_destinations (domain, destination, provider) values ('gmail.test', 'gmail', 'gmail') on conflict do nothing");
        await AcceptAsync(_sender.Message("a@gmail.test", "b@gmail.test", "c@example.net"));
        Assert.Equal(["gmail 2", "other 1"], await GroupsAsync(AnalyticsGroup.Provider));
        Assert.Equal([$"{_sender.DomainName} 3"], await GroupsAsync(AnalyticsGroup.Domain));
        Assert.Equal(0, (await TotalsAsync(query => query with { Domain = "elsewhere.test" }))[Metric.Accepted]);
    }

    [Fact]
    public async Task What_is_recorded_late_counts_when_it_happened()
    {
        var message = await AcceptAsync(_sender.Message());
        var now = await database.ValueAsync<DateTimeOffset>("select date_trunc('hour', now())");
        await CountAsync(message, Metric.Opened, now.AddHours(-1));
        await CountAsync(message, Metric.Opened, now.AddHours(-5).AddMinutes(59));
        await CountAsync(message, Metric.Opened, now.AddHours(-5));

        var result = await ReadAsync(query => query with { From = now.AddHours(-6), To = now, Interval = AnalyticsInterval.Hour });

        Assert.Equal(
            [0, 2, 0, 0, 0, 1],
            result.Periods.Select(period => result.Cells.GetValueOrDefault((null, period))?[Metric.Opened] ?? 0));
    }

    // Vienna: 2026-03-29 has 23 hours, 2026-10-25 has 25.
    [Theory]
    [InlineData("2026-03-28", 24, 23, 24)]
    [InlineData("2026-10-24", 24, 25, 24)]
    public async Task Days_begin_at_midnight_there_when_clocks_change_as_well(string first, int one, int two, int three)
    {
        var message = await AcceptAsync(_sender.Message());
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Vienna");
        var start = DateTime.ParseExact(first, "yyyy-MM-dd", null);
        var from = new DateTimeOffset(start, zone.GetUtcOffset(start)).ToUniversalTime();
        var to = new DateTimeOffset(start.AddDays(3), zone.GetUtcOffset(start.AddDays(3))).ToUniversalTime();
        await CountAsync(message, Metric.Opened, [.. Enumerable.Range(0, (int)(to - from).TotalHours).Select(hour => (DateTimeOffset?)from.AddHours(hour))]);

        var result = await ReadAsync(query => query with { From = from, To = to, TimeZone = "Europe/Vienna" });

        Assert.Equal([one, two, three], result.Periods.Select(period => (int)result.Cells[(null, period)][Metric.Opened]));
    }

    [Fact]
    public async Task Days_are_right_where_the_offset_is_no_whole_hour()
    {
        var message = await AcceptAsync(_sender.Message());
        var midnight = new DateTimeOffset(2026, 5, 2, 0, 0, 0, new TimeSpan(5, 45, 0)).ToUniversalTime();
        await CountAsync(message, Metric.Opened, midnight.AddMinutes(-1), midnight, midnight.AddMinutes(1));

        var result = await ReadAsync(query => query with { From = midnight.AddDays(-1), To = midnight.AddDays(1), TimeZone = "Asia/Kathmandu" });

        Assert.Equal([1, 2], result.Periods.Select(period => (int)result.Cells[(null, period)][Metric.Opened]));
    }

    [Fact]
    public async Task Weeks_begin_on_monday_and_months_on_their_first()
    {
        var weeks = await ReadAsync(query => query with { From = At("2026-01-01"), To = At("2026-01-20"), Interval = AnalyticsInterval.Week });
        Assert.Equal([At("2025-12-29"), At("2026-01-05"), At("2026-01-12"), At("2026-01-19")], weeks.Periods);
        var months = await ReadAsync(query => query with { From = At("2026-01-15"), To = At("2026-03-01"), Interval = AnalyticsInterval.Month });
        Assert.Equal([At("2026-01-01"), At("2026-02-01")], months.Periods);
    }

    [Fact]
    public async Task Percentiles_are_told_within_five_percent()
    {
        var message = await AcceptAsync(_sender.Message());
        await CountAsync([.. Enumerable.Range(1, 1000).Select(i =>
            new AnalyticsFact(_sender.Caller.Organization, message, "example.com", (Metric)LatencyBuckets.Of(TimeSpan.FromMilliseconds(i * 10))))]);
        var totals = await TotalsAsync();
        Assert.InRange(totals.LatencyP50Ms!.Value, 4750, 5250);
        Assert.InRange(totals.LatencyP95Ms!.Value, 9025, 9975);
        Assert.Null(new AnalyticsCounts().LatencyP50Ms);
    }

    [Fact]
    public async Task Writers_at_the_same_moment_lose_nothing_and_do_not_deadlock()
    {
        var messages = new List<MessageId>();
        for (var i = 0; i < 6; i++)
            messages.Add(await AcceptAsync(Tagged(("a", $"{i % 3}"), ("b", $"{i % 2}"))));
        await Task.WhenAll(Enumerable.Range(0, 12).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await CountAsync([.. messages.OrderBy(_ => Random.Shared.Next()).SelectMany(message => new[] { Metric.Clicked, Metric.Opened }
                    .Select(metric => new AnalyticsFact(_sender.Caller.Organization, message, $"d{writer % 3}.test", metric)))]);
            }
        })));
        var totals = await TotalsAsync();
        Assert.Equal((1440, 1440), (totals[Metric.Clicked], totals[Metric.Opened]));
        Assert.Equal(480, (await TotalsAsync(query => query with { Tag = "a:1" }))[Metric.Clicked]);
    }

    private static DateTimeOffset At(string date) => DateTimeOffset.Parse(date + "T00:00:00Z", null);

    private OutgoingMessage Tagged(params (string Name, string Value)[] tags) =>
        _sender.Message() with { Tags = tags.ToDictionary(tag => tag.Name, tag => tag.Value) };

    private async Task<MessageId> AcceptAsync(OutgoingMessage message, Sender? sender = null)
    {
        var store = new AcceptStore(database.DataSource, Options.Create(new AcceptOptions()), TimeProvider.System);
        var from = sender ?? _sender;
        var pending = new PendingAccept(from.Caller, Mail.Core.Ids.PrefixedId.New<MessageId>(TimeProvider.System), from.Domain, message, [], null);
        return Assert.IsType<AcceptOutcome.Accepted>((await store.StoreAsync([pending], default)).Single()).Id;
    }

    private Task CountAsync(MessageId message, Metric metric, params DateTimeOffset?[] at) =>
        CountAsync([.. at.Select(when => new AnalyticsFact(_sender.Caller.Organization, message, "example.com", metric, when))]);

    private async Task CountAsync(List<AnalyticsFact> facts)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { AnalyticsStatements.Count(facts) } };
        await batch.ExecuteNonQueryAsync();
    }

    private Task<AnalyticsResult> ReadAsync(Func<AnalyticsQuery, AnalyticsQuery>? change = null)
    {
        var query = new AnalyticsQuery(
            DateTimeOffset.UnixEpoch.AddYears(56), DateTimeOffset.UnixEpoch.AddYears(58), AnalyticsInterval.Day, "UTC", null, null, null, null);
        return _analytics.ReadAsync(_sender.Caller.Organization, change?.Invoke(query) ?? query, default);
    }

    private async Task<AnalyticsCounts> TotalsAsync(Func<AnalyticsQuery, AnalyticsQuery>? change = null) =>
        AnalyticsCounts.Sum((await ReadAsync(change)).Cells.Values);

    private async Task<List<string>> GroupsAsync(AnalyticsGroup group) =>
        [.. (await ReadAsync(query => query with { GroupBy = group })).Cells.GroupBy(cell => cell.Key.Group, cell => cell.Value)
            .Select(cells => $"{cells.Key} {AnalyticsCounts.Sum(cells)[Metric.Accepted]}").Order(StringComparer.Ordinal)];
}
