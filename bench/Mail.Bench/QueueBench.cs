using System.Diagnostics;
using Mail.Bench.Load;
using Mail.Bench.Peers;
using Mail.Core.Queue;
using Npgsql;

namespace Mail.Bench;

/// <summary>What a delivery costs the database however much is queued, and what a blocked destination costs the others.</summary>
internal static class QueueBench
{
    private const int Batch = 50;
    private const int Deliveries = 600;
    private const int Blocked = 100_000;
    private const int Others = 5_000;
    private const int Connections = 32;
    private const int Waiting = 1_000_000;
    private const int Flowing = 40_000;
    private const int FlowConnections = 128;
    private const string Emptying = "truncate delivery_queue, messages, message_contents, message_recipients, delivery_attempts, events";
    private static readonly int[] Depths = [1_000, 100_000, 1_000_000];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static async Task RunAsync(ResultTable table)
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var system = await BenchSystem.StartAsync(sink.Port);
        await using var database = Tuned(system.Database.ConnectionString);
        foreach (var depth in Depths)
            await DepthAsync(table, database, depth);
        await ExecuteAsync(database, Emptying);
        await BlockedAsync(table, system, database);
        await system.StopWorkersAsync();
        await FlowAsync(table, sink, system, database);
    }

    // Claim and record in batches, as a worker does, without sending anything.
    private static async Task DepthAsync(ResultTable table, NpgsqlDataSource database, int depth)
    {
        await ExecuteAsync(database, "truncate delivery_queue, messages, message_contents, message_recipients");
        // A tenth is for one domain, the rest for 10,000; a quarter waits for a retry.
        await FillAsync(database, depth, "case when i % 10 = 0 then 'large.example' else 'd' || i % 10000 || '.example' end", "i % 4 <> 3");
        var queue = new QueueStore(database);
        var lanes = new Queue<QueueLane>();
        var position = new SurveyPosition();
        await DeliverAsync(queue, lanes, position, Batch);
        var times = new List<double>();
        while (times.Count < Deliveries / Batch)
        {
            var watch = Stopwatch.StartNew();
            times.Add(await DeliverAsync(queue, lanes, position, Batch) / watch.Elapsed.TotalSeconds);
        }
        times.Sort();
        var median = times[times.Count / 2];
        table.Add($"claim and record, {depth:N0} queued", median, null,
            $"{1000 / median:F2} ms each: median of {times.Count} times {Batch}, one after the other, survey included");
    }

    private static async Task<int> DeliverAsync(QueueStore queue, Queue<QueueLane> lanes, SurveyPosition position, int count)
    {
        var delivered = 0;
        while (delivered < count)
        {
            if (lanes.Count < Batch)
            {
                lanes.Clear();
                foreach (var lane in (await queue.SurveyAsync(position, new SurveyLimits(), CancellationToken.None)).Lanes)
                    lanes.Enqueue(lane);
            }
            List<LaneClaim> claims = [.. Enumerable.Range(0, Math.Min(Batch, lanes.Count)).Select(_ => new LaneClaim(lanes.Dequeue(), 1))];
            var jobs = await queue.ClaimAsync("bench", claims, TimeSpan.FromSeconds(30), CancellationToken.None);
            delivered += (await queue.RecordAsync([.. jobs.Select(Delivered)], CancellationToken.None)).Count;
        }
        return delivered;
    }

    private static DeliveryRecord Delivered(DeliveryJob job) => new()
    {
        Lease = job.Lease,
        Organization = job.Organization,
        Message = job.Message,
        Mode = job.Mode,
        SenderDomain = job.SenderDomain,
        AttemptNumber = 1,
        Worker = "bench",
        StartedAt = job.CreatedAt,
        EndedAt = job.CreatedAt,
        CoversMessage = true,
        Results = [.. job.Open.Select(recipient => new RecipientResult(recipient.Ordinal, recipient.Address, DeliveryOutcome.Delivered,
            "end_of_data", "accepted", "mx.example", "192.0.2.1", null, null, 250, "2.0.0", "ok"))],
    };

    private static async Task BlockedAsync(ResultTable table, BenchSystem system, NpgsqlDataSource database)
    {
        await FillAsync(database, Blocked, "'blocked.example'", "true");
        await ExecuteAsync(database,
            "insert into delivery_holds (scope, name, origin, reason) values ('domain', 'blocked.example', 'operator', 'bench')");
        await system.StartWorkersAsync(2);
        var load = new RestLoad(system.ApiPort, system.ApiKey, Connections);
        await load.RunAsync(Others, "others");
        using var time = new CancellationTokenSource(Limit);
        while (await system.QueueDepthAsync() > Blocked)
            await Task.Delay(50, time.Token);
        await using var command = database.CreateCommand(
            """
            set enable_seqscan = on; set enable_hashjoin = on;
            select percentile_cont(0.95) within group (order by extract(epoch from a.started_at - m.created_at))
            from delivery_attempts a join messages m on m.id = a.message_id and m.organization_id = a.organization_id
            """);
        table.AddFact($"p95 queue time, {Blocked:N0} blocked beside", $"{(double)(await command.ExecuteScalarAsync())!:F2} s");
    }

    // The whole system, with as good as nothing else in the queue and with a million that wait for their next attempt.
    private static async Task FlowAsync(ResultTable table, SmtpSink sink, BenchSystem system, NpgsqlDataSource database)
    {
        await ExecuteAsync(database, Emptying);
        await system.StartWorkersAsync(1);
        await FlowAsync(sink, system, "warm");
        var (alone, costs) = await FlowAsync(sink, system, "alone");
        table.Add("API call to sink, nothing else queued", alone, null, "one worker, DKIM-signed");
        table.AddFact("", costs);
        await FillAsync(database, Waiting, "'d' || i % 10000 || '.example'", "false");
        // As it is with a queue that has stood for a while.
        await ExecuteAsync(database, "vacuum analyze");
        await ExecuteAsync(database, "checkpoint");
        (var beside, costs) = await FlowAsync(sink, system, "beside");
        table.Add($"the same, {Waiting:N0} waiting beside", beside, null, $"{beside / alone:F2} of the row above");
        table.AddFact("", costs);
    }

    private static async Task<(double PerSecond, string Costs)> FlowAsync(SmtpSink sink, BenchSystem system, string run)
    {
        var before = sink.Received;
        var cpu = system.MeasureCpu(sink);
        var watch = Stopwatch.StartNew();
        await new RestLoad(system.ApiPort, system.ApiKey, FlowConnections).RunAsync(Flowing, run);
        await sink.WaitAsync(before + Flowing, Limit);
        return (Flowing / watch.Elapsed.TotalSeconds, cpu.PerMessage(Flowing));
    }

    private static Task FillAsync(NpgsqlDataSource database, int rows, string domain, string ready) => ExecuteAsync(database,
        $"""
        set enable_hashjoin = on;
        create temp table fill as
            select o.id as organization_id, uuidv7() as id, {domain} as domain, {ready} as ready, d.id as domain_id
            from generate_series(1, {rows}) i, organizations o join domains d on d.organization_id = o.id;
        insert into messages (organization_id, id, mode, status, domain_id, from_address, subject)
            select organization_id, id, 'live', 'queued', domain_id, 'shop@demo.test', 'Your order' from fill;
        insert into message_contents (organization_id, message_id, text) select organization_id, id, 'It is on its way.' from fill;
        insert into message_recipients (organization_id, message_id, ordinal, kind, address, domain, status)
            select organization_id, id, 0, 'to', 'user@' || domain, domain, 'queued' from fill;
        insert into delivery_queue (id, organization_id, message_id, mode, domain, give_up_at, ready, due_at)
            select id, organization_id, id, 'live', domain, now() + interval '2 days', ready,
                   case when ready then now() else now() + interval '1 hour' end from fill;
        drop table fill;
        analyze delivery_queue;
        """);

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = (int)Limit.TotalSeconds;
        await command.ExecuteNonQueryAsync();
    }

    // As the hosts tune theirs (docs/adr/0004).
    private static NpgsqlDataSource Tuned(string connectionString) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
    {
        MaxAutoPrepare = 100,
        AutoPrepareMinUsages = 2,
        Options = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off",
    }.ConnectionString);
}
