using System.Net;
using System.Security.Cryptography;
using Mail.Bench.Peers;
using Mail.Core.Domains;
using Mail.Core.Organizations;
using Mail.Core.Secrets;
using Mail.Protocol.Dkim;
using Npgsql;

namespace Mail.Bench;

/// <summary>Database, cache, blobs and our hosts, started for one bench on ports and in a folder of their own.</summary>
internal sealed class BenchSystem : IAsyncDisposable
{
    private const int LogFiles = 48;
    private const string ApiKeyText = "ms_live_benchkey_0123456789abcdefghijklmnopqrstuvwxyz";
    private static readonly string Scripts = Path.Combine(Repository.Root, "Mail.AppHost", "Hosting", "scripts");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mail-bench-");
    private readonly Stack<HostProcess> _processes = new();
    private readonly Dictionary<string, string> _environment = [];
    private HostProcess _postgres = null!;
    private HostProcess _blobs = null!;

    public int ApiPort { get; } = Ports.Free();

    public int SmtpPort { get; } = Ports.Free();

    public string ApiKey => ApiKeyText;

    /// <summary>The account that the hosts keep their blobs in.</summary>
    public string Blobs => _environment["ConnectionStrings__blobs"];

    public NpgsqlDataSource Database { get; private set; } = null!;

    public HostProcess Api { get; private set; } = null!;

    public HostProcess Inbound { get; private set; } = null!;

    public List<HostProcess> Workers { get; } = [];

    /// <param name="smarthostPort">Where the workers deliver to.</param>
    /// <param name="nameServer">Who answers for the senders of mail that comes in; null for the machine's own.</param>
    public static async Task<BenchSystem> StartAsync(int smarthostPort, IPEndPoint? nameServer = null)
    {
        var system = new BenchSystem();
        await system.StartServersAsync();
        system.Configure(smarthostPort);
        if (nameServer is not null)
            system._environment["Mail__Dns__Servers__0"] = nameServer.ToString();
        await HostProcess.RunAsync(Repository.Host("Mail.Api"), ["migrate"], system._environment);
        system.Api = await system.StartHostAsync("Mail.Api", system.ApiPort, []);
        system.Inbound = await system.StartHostAsync("Mail.Inbound", Ports.Free(),
            new() { ["Mail__Inbound__Port"] = system.SmtpPort.ToString() });
        return system;
    }

    /// <summary>Starts measuring the processor time of everything that runs now.</summary>
    public CpuMeter MeasureCpu(SmtpSink sink) => new(
    [
        ("api", Api.Id), ("inbound", Inbound.Id), .. Workers.Select(worker => ("workers", worker.Id)), ("postgres", _postgres.Id),
        ("blobs", _blobs.Id), ("sink", sink.Id), ("load", Environment.ProcessId),
    ]);

    public async Task StartWorkersAsync(int count)
    {
        for (var i = 0; i < count; i++)
            Workers.Add(await StartHostAsync("Mail.Worker", Ports.Free(), []));
    }

    public async Task StopWorkersAsync()
    {
        foreach (var worker in Workers)
            await worker.DisposeAsync();
        Workers.Clear();
    }

    /// <summary>Gives the demo domain an Ed25519 key instead of its RSA key, and the workers, new ones, nothing else to sign with.</summary>
    public async Task SignWithEd25519Async()
    {
        var workers = Workers.Count;
        await StopWorkersAsync();
        await using var command = Database.CreateCommand(
            "update dkim_keys set active = false where domain_id = (select id from domains where name = 'demo.test') returning organization_id, domain_id");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        using var key = DkimKey.Generate(DkimKeyType.Ed25519);
        var keys = new DkimKeyStore(Database, new SecretBox(Convert.FromBase64String(_environment["Mail__Secrets__MasterKey"])));
        await keys.CreateAsync(new OrganizationId(reader.GetGuid(0)), new DomainId(reader.GetGuid(1)), "ed25519", key, CancellationToken.None);
        await StartWorkersAsync(workers);
    }

    public async Task<long> QueueDepthAsync()
    {
        await using var command = Database.CreateCommand("select count(*) from delivery_queue");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Has the demo organization take mail for a domain.</summary>
    public async Task AddInboundDomainAsync(string domain)
    {
        await using var command = Database.CreateCommand(
            "insert into inbound_domains (organization_id, id, name, status, verified_at) select id, uuidv7(), $1, 'verified', now() from organizations limit 1");
        command.Parameters.AddWithValue(domain);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Forgets what statements have cost so far.</summary>
    public async Task ResetStatementsAsync()
    {
        await using var command = Database.CreateCommand("create extension if not exists pg_stat_statements; select pg_stat_statements_reset()");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The statements that cost the most time since the reset.</summary>
    public async Task<List<(double Milliseconds, long Calls, string Text)>> StatementsAsync(int count)
    {
        await using var command = Database.CreateCommand(
            "select total_exec_time + total_plan_time, calls, left(regexp_replace(query, '[[:space:]]+', ' ', 'g'), 110) from pg_stat_statements order by 1 desc limit $1");
        command.Parameters.AddWithValue(count);
        await using var reader = await command.ExecuteReaderAsync();
        var statements = new List<(double, long, string)>();
        while (await reader.ReadAsync())
            statements.Add((reader.GetDouble(0), reader.GetInt64(1), reader.GetString(2)));
        return statements;
    }

    /// <summary>What the database has written to its log, and what its tables hold.</summary>
    public async Task<(long Wal, long Stored)> WrittenAsync()
    {
        await using var command = Database.CreateCommand("select (pg_current_wal_lsn() - '0/0')::bigint, pg_database_size(current_database())");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        while (_processes.TryPop(out var process))
            await process.DisposeAsync();
        // The server's own user owns its files; what it has not let go of yet is tried again.
        for (var i = 0; i < 50 && _folder.Exists; i++, _folder.Refresh())
        {
            try
            {
                _folder.Delete(recursive: true);
            }
            catch (IOException)
            {
                await Task.Delay(100);
            }
        }
    }

    private async Task StartServersAsync()
    {
        var (postgres, redis, azurite) = (Ports.Free(), Ports.Free(), Ports.Free());
        // Postgres runs as another user and must reach its directory.
        await HostProcess.RunAsync("/usr/bin/chmod", ["755", _folder.FullName]);
        _postgres = Start("run-postgres", "pg", postgres, "-c", "shared_preload_libraries=pg_stat_statements", "-c", "min_wal_size=1GB");
        Start("run-redis", "redis", redis);
        _blobs = Start("run-azurite", "blobs", azurite);
        await Task.WhenAll(new[] { postgres, redis, azurite }.Select(port => Ports.WaitAsync(port, TimeSpan.FromSeconds(60))));
        var server = $"Host=127.0.0.1;Port={postgres};Username=postgres";
        await CreateDatabaseAsync(server);
        await AgeLogAsync(server);
        _environment["ConnectionStrings__maildb"] = server + ";Database=maildb";
        _environment["ConnectionStrings__redis"] = $"127.0.0.1:{redis}";
        _environment["ConnectionStrings__blobs"] =
            "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
            + $"BlobEndpoint=http://127.0.0.1:{azurite}/devstoreaccount1";
        Database = NpgsqlDataSource.Create(_environment["ConnectionStrings__maildb"]);
    }

    private HostProcess Start(string script, string data, int port, params string[] options)
    {
        var process = HostProcess.Start(
            Path.Combine(Scripts, script), [Path.Combine(_folder.FullName, data), port.ToString(), .. options]);
        _processes.Push(process);
        return process;
    }

    private static async Task CreateDatabaseAsync(string server)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var postgres = NpgsqlDataSource.Create(server + ";Database=postgres");
                await using var create = postgres.CreateCommand("create database maildb");
                await create.ExecuteNonQueryAsync();
                return;
            }
            catch (NpgsqlException) when (tries < 100)
            {
                await Task.Delay(100);
            }
        }
    }

    // A database that has run for a while writes over old log files; a new one makes each of them, full of zeros.
    private static async Task AgeLogAsync(string server)
    {
        await using var database = NpgsqlDataSource.Create(server + ";Database=maildb");
        for (var i = 0; i < LogFiles; i++)
        {
            await using var next = database.CreateCommand("select pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()");
            await next.ExecuteNonQueryAsync();
        }
        await using var checkpoint = database.CreateCommand("checkpoint");
        await checkpoint.ExecuteNonQueryAsync();
    }

    private void Configure(int smarthostPort)
    {
        _environment["DOTNET_ENVIRONMENT"] = "Development";
        _environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        _environment["Logging__LogLevel__Default"] = "Warning";
        _environment["Mail__Secrets__MasterKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        _environment["Mail__Demo__ApiKey"] = ApiKeyText;
        // One key sends it all; the limiter works, and is not what is measured.
        _environment["Mail__RateLimits__SendPerSecond"] = "100000";
        _environment["Mail__RateLimits__SendPerSecondPerKey"] = "100000";
        _environment["Mail__Delivery__Mode"] = "smarthost";
        _environment["Mail__Delivery__Smarthost"] = $"127.0.0.1:{smarthostPort}";
        _environment["Mail__Delivery__CaptureAddress"] = $"127.0.0.1:{SmtpPort}";
    }

    private async Task<HostProcess> StartHostAsync(string name, int port, Dictionary<string, string> settings)
    {
        var environment = new Dictionary<string, string>(_environment) { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}" };
        foreach (var (key, value) in settings)
            environment[key] = value;
        var process = HostProcess.Start(Repository.Host(name), [], environment);
        _processes.Push(process);
        await Ports.WaitAsync(port, TimeSpan.FromSeconds(60));
        return process;
    }
}
