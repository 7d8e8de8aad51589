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
    [InlineData("bounces", "bounces of long ago")]
    [InlineData("complaints", "complaints of long ago")]
    [InlineData("otp_challenges", "otp_challenges of long ago")]
    [InlineData("batches", "batches of long ago")]
    [InlineData("scheduled_messages", "scheduled_messages of long ago")]
    public async Task What_is_too_old_goes_part_by_part_and_the_rest_stays(string table, string name)
    {
        await using var system = await WorkerSystem.CreateAsync();
        // Each in a month of its own; the database's clock decides.
        await FillAsync(system, table, [1000, 400, 300, 200, 125, 64, 32, 0]);
        var job = JobOf(system, name, ("Mail:Maintenance:CleanUpBatch", "2"), ("Mail:Retention:History", "120.00:00:00"), ("Mail:Retention:Analytics", "120.00:00:00"),
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
    [InlineData("bounces", "bounces of long ago", 399, 401)]
    [InlineData("complaints", "complaints of long ago", 399, 401)]
    [InlineData("otp_challenges", "otp_challenges of long ago", 399, 401)]
    [InlineData("batches", "batches of long ago", 399, 401)]
    [InlineData("scheduled_messages", "scheduled_messages of long ago", 399, 401)]
    public async Task The_times_are_those_of_the_options(string table, string name, int kept, int over)
    {
        await using var system = await WorkerSystem.CreateAsync();
        await FillAsync(system, table, [kept, over]);

        Assert.Equal(1, await JobOf(system, name).RunAsync(CancellationToken.None));
        Assert.Equal(0, await JobOf(system, name).RunAsync(CancellationToken.None));

        Assert.Equal(1, await system.CountAsync($"select count(*) from {table}"));
    }

    [Fact]
    public async Task Months_of_history_go_when_nothing_of_them_is_under_way()
    {
        await using var system = await WorkerSystem.CreateAsync();
        await system.ExecuteAsync(
            """
            do $$
            declare parent text;
            begin
                for parent in select relname from pg_partitioned_table join pg_class on oid = partrelid where partstrat = 'r' loop
                    execute format('create table %I partition of %I for values from (%L) to (%L)', parent || '_202001', parent,
                        uuid_at('2020-01-01 00:00:00+00'), uuid_at('2020-02-01 00:00:00+00'));
                end loop;
            end $$;
            """);
        const string Old = "select count(*) from pg_class where relkind = 'r' and right(relname, 7) = '_202001' and relname <> 'delivery_logs_202001'";
        const string All = "select count(*) from pg_inherits where inhparent in (select partrelid from pg_partitioned_table where partstrat = 'r')";
        var (old, all) = (await system.CountAsync(Old), await system.CountAsync(All));
        // As a message of 15 January 2020 that was scheduled for these days.
        var late = await system.AcceptAsync();
        await system.ExecuteAsync("update delivery_queue set message_id = '016fa67f-f000-7000-8000-000000000000'");
        var job = JobOf(system, "history of long ago");

        await job.RunAsync(CancellationToken.None);
        Assert.Equal(all, await system.CountAsync(All));

        await system.ExecuteAsync("delete from delivery_queue");
        await job.RunAsync(CancellationToken.None);
        Assert.Equal((0, all - old), (await system.CountAsync(Old), await system.CountAsync(All)));
        Assert.Equal(late, (await system.FindAsync(late)).Id);
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
            "bounces" => "insert into bounces (organization_id, id, message_id, recipient, address, type, source) select organization_id, uuid_at(at), uuid_at(at), 0, 'a@b.test', 'hard', 'dsn' from old",
            "complaints" => "insert into complaints (organization_id, id, message_id, recipient, address, source) select organization_id, uuid_at(at), uuid_at(at), 0, 'a@b.test', 'arf' from old",
            "otp_challenges" =>
                """
                insert into otp_challenges (organization_id, id, message_id, address, purpose, status, code_hash, max_attempts, created_at, expires_at, settled_at)
                select organization_id, uuid_at(at), uuid_at(at), 'a@b.test', 'login', 'expired', sha256(''), 3, at, at, at from old
                """,
            "batches" => "insert into batches (organization_id, id, kind, status, message_count, created_at, busy_until, completed_at) select organization_id, uuid_at(at), 'messages', 'accepted', 1, at, at, at from old",
            "scheduled_messages" =>
                """
                insert into scheduled_messages (organization_id, id, message_id, send_at, due_at, priority, created_at, settled_at, outcome)
                select organization_id, uuid_at(at), uuid_at(at), at, at, 1, at, at, 'released' from old
                """,
            _ => "insert into usage_notices (organization_id, period) select distinct organization_id, to_char(at at time zone 'UTC', 'YYYY-MM') from old",
        });
}
