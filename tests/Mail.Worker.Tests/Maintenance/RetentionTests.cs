using Mail.Worker.Maintenance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Tests.Maintenance;

public sealed class RetentionTests
{
    [Theory]
    [InlineData("analytics", "analytics of long ago")]
    [InlineData("sending_hours", "sending hours of long ago")]
    [InlineData("reputation_events", "reputation events of long ago")]
    [InlineData("usage_notices", "usage notices of long ago")]
    public async Task What_is_too_old_goes_part_by_part_and_the_rest_stays(string table, string name)
    {
        await using var system = await WorkerSystem.CreateAsync();
        // Each in a month of its own; the database's clock decides.
        await FillAsync(system, table, [1000, 400, 300, 200, 125, 64, 32, 0]);
        var job = JobOf(system, name, ("Mail:Maintenance:CleanUpBatch", "2"), ("Mail:Retention:Analytics", "120.00:00:00"),
            ("Mail:Retention:SendingHours", "120.00:00:00"), ("Mail:Retention:ReputationEvents", "120.00:00:00"), ("Mail:Retention:UsageNotices", "90.00:00:00"));

        var deleted = new List<int>();
        do
            deleted.Add(await job.RunAsync(CancellationToken.None));
        while (deleted[^1] >= job.FullPart);

        Assert.Equal([2, 2, 1], deleted);
        Assert.Equal(3, await system.CountAsync($"select count(*) from {table}"));
    }

    [Theory]
    [InlineData("analytics", "analytics of long ago", 399, 401)]
    [InlineData("sending_hours", "sending hours of long ago", 99, 101)]
    [InlineData("reputation_events", "reputation events of long ago", 399, 401)]
    [InlineData("usage_notices", "usage notices of long ago", 399, 432)]
    public async Task The_times_are_those_of_the_options(string table, string name, int kept, int over)
    {
        await using var system = await WorkerSystem.CreateAsync();
        await FillAsync(system, table, [kept, over]);

        Assert.Equal(1, await JobOf(system, name).RunAsync(CancellationToken.None));
        Assert.Equal(0, await JobOf(system, name).RunAsync(CancellationToken.None));

        Assert.Equal(1, await system.CountAsync($"select count(*) from {table}"));
    }

    [Fact]
    public async Task Hours_that_limits_or_reputation_look_at_cannot_be_deleted()
    {
        await using var system = await WorkerSystem.CreateAsync();
        var worker = system.BuildMaintenance(("Mail:Retention:SendingHours", "89.00:00:00"), ("Mail:Retention:UsageNotices", "30.00:00:00"));

        var refused = Assert.Throws<OptionsValidationException>(() => worker.Services.GetRequiredService<IOptions<RetentionOptions>>().Value);

        Assert.Equal(2, refused.Failures.Count());
    }

    private static MaintenanceJob JobOf(WorkerSystem system, string name, params (string Key, string Value)[] settings) =>
        Assert.Single(system.BuildMaintenance(settings).Services.GetServices<MaintenanceJob>(), job => job.Name == name);

    // In the order of time, as ids are made.
    private static Task FillAsync(WorkerSystem system, string table, int[] days) => system.ExecuteAsync(
        $"""
        with old as (
            select o.id as organization_id, now() - make_interval(days => age) as at
            from organizations o cross join unnest(array[{string.Join(',', days)}]) age where o.name = 'demo' order by age desc
        )
        """ + table switch
        {
            "analytics" => "insert into analytics (organization_id, period, domain, provider, tag, metric, slot, count) select organization_id, at, 'demo.test', '', '', 1, 0, 1 from old",
            "sending_hours" => "insert into sending_hours (organization_id, hour, domain_id, slot, accepted) select organization_id, at, uuidv7(), 0, 1 from old",
            "reputation_events" =>
                """
                insert into reputation_events (organization_id, id, domain_id, severity, previous, status, score, bounce_rate, complaint_rate, created_at)
                select organization_id, uuidv7(), uuidv7(), 'info', 'healthy', 'watch', 90, 0, 0, at from old
                """,
            _ => "insert into usage_notices (organization_id, period) select distinct organization_id, to_char(at at time zone 'UTC', 'YYYY-MM') from old",
        });
}
