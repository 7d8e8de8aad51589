using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Mail.Core;
using Mail.Core.ApiKeys;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Persistence;
using Mail.Core.Queue;
using Mail.Protocol.Addresses;
using Mail.Protocol.Dns;
using Mail.TestKit.Servers;
using Mail.Worker.Delivery;
using Mail.Worker.Maintenance;
using Mail.Worker.Tls;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Mail.Worker.Tests;

/// <summary>A database with the demo organization, a front end that accepts, and as many workers as a test starts.</summary>
internal sealed class WorkerSystem : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(10);
    // A well-formed connection string to where nothing listens.
    internal static readonly string NoBlobs =
        $"DefaultEndpointsProtocol=http;AccountName={AzuriteServer.AccountName};AccountKey={AzuriteServer.AccountKey};"
        + $"BlobEndpoint=http://127.0.0.1:1/{AzuriteServer.AccountName};";

    private static readonly string MasterKey = Convert.ToBase64String(new byte[32]);

    private readonly PostgresDatabase _database;
    private readonly Dictionary<string, string?> _settings;
    private readonly List<IHost> _hosts = [];
    private readonly List<IHost> _started = [];
    private readonly IDnsResolver? _resolver;

    private WorkerSystem(PostgresDatabase database, Dictionary<string, string?> settings, IDnsResolver? resolver)
    {
        _database = database;
        _settings = settings;
        _resolver = resolver;
        Front = Build(builder => builder.AddAcceptMessages());
    }

    public IHost Front { get; }

    public NpgsqlDataSource Database => _database.DataSource;

    public string ConnectionString => _database.ConnectionString;

    public Caller Caller { get; private set; } = null!;

    [ModuleInitializer]
    internal static void FillTemplates() => PostgresDatabase.Migrate = (dataSource, cancellationToken) =>
        new Migrator(dataSource, NullLogger<Migrator>.Instance).MigrateAsync(cancellationToken);

    /// <param name="sink">Where mail goes, as a smarthost, unless the settings say otherwise.</param>
    public static async Task<WorkerSystem> CreateAsync(
        System.Net.IPEndPoint? sink = null, IDnsResolver? resolver = null, PostgresServer? server = null,
        params (string Key, string Value)[] settings)
    {
        var database = await PostgresDatabase.CreateAsync(server);
        var all = new Dictionary<string, string?>
        {
            ["ConnectionStrings:maildb"] = database.ConnectionString,
            ["ConnectionStrings:blobs"] = NoBlobs,
            ["Mail:Secrets:MasterKey"] = MasterKey,
            ["Mail:Demo:ApiKey"] = ApiKeyText.Generate(SendingMode.Live).Reveal(),
            ["Mail:Delivery:Mode"] = "smarthost",
            ["Mail:Delivery:Smarthost"] = (sink ?? new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1)).ToString(),
            ["Mail:Queue:PollInterval"] = "00:00:00.020",
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        var system = new WorkerSystem(database, all, resolver);
        await system.Front.StartAsync();
        await system.Front.Services.GetRequiredService<DemoSeed>().RunAsync(CancellationToken.None);
        var organization = await system.Front.Services.GetRequiredService<OrganizationStore>()
            .FindByNameAsync(DemoSeed.OrganizationName, CancellationToken.None);
        system.Caller = new Caller(organization!.Value, null, SendingMode.Live, FrozenSet.Create(Scopes.FullAccess), null);
        return system;
    }

    public async Task<MessageId> AcceptAsync(Func<OutgoingMessage, OutgoingMessage>? change = null, SendingMode mode = SendingMode.Live)
    {
        var message = new OutgoingMessage
        {
            From = Box("Shop <shop@demo.test>"),
            Recipients = [To("ann@example.test")],
            Subject = "Your order",
            Text = "It is on its way.",
        };
        var outcome = await Front.Services.GetRequiredService<AcceptMessages>()
            .AcceptAsync(Caller with { Mode = mode }, change?.Invoke(message) ?? message, CancellationToken.None);
        return Assert.IsType<AcceptOutcome.Accepted>(outcome).Id;
    }

    // No more at a time than may wait for a writer.
    public async Task<List<MessageId>> AcceptManyAsync(int count, Func<int, OutgoingMessage, OutgoingMessage>? change = null)
    {
        var ids = new List<MessageId>(count);
        foreach (var part in Enumerable.Range(0, count).Chunk(1_000))
            ids.AddRange(await Task.WhenAll(part.Select(i => AcceptAsync(message => change?.Invoke(i, message) ?? message))));
        return ids;
    }

    public async Task<IHost> StartWorkerAsync(params (string Key, string Value)[] settings)
    {
        var worker = BuildWorker(settings);
        await worker.StartAsync();
        _started.Add(worker);
        return worker;
    }

    /// <summary>A host with what the test adds to it.</summary>
    public async Task<IHost> StartAsync(Action<IHostApplicationBuilder> configure)
    {
        var host = Build(configure);
        await host.StartAsync();
        _started.Add(host);
        return host;
    }

    /// <summary>A worker whose stages can be called one by one: its loops do not run.</summary>
    public IHost BuildWorker(params (string Key, string Value)[] settings) => Build(builder =>
    {
        if (_resolver is not null)
            builder.Services.AddSingleton(_resolver);
        builder.AddDelivery();
    }, settings);

    /// <summary>A worker that sends TLS reports too, when told to.</summary>
    public async Task<IHost> StartReporterAsync()
    {
        var worker = Build(builder =>
        {
            builder.Services.AddSingleton(_resolver!);
            builder.AddAcceptMessages();
            builder.AddDelivery();
            builder.AddTlsReports();
        });
        await worker.StartAsync();
        _started.Add(worker);
        return worker;
    }

    /// <summary>A worker with its maintenance jobs, which do not run until it is started.</summary>
    public IHost BuildMaintenance(params (string Key, string Value)[] settings) => Build(builder => builder.AddMaintenance(), settings);

    public async Task<MessageDetails> FindAsync(MessageId id) =>
        (await Front.Services.GetRequiredService<MessageStore>().FindAsync(Caller.Organization, id, false, CancellationToken.None))!;

    public async Task<IReadOnlyList<AttemptDetails>> AttemptsAsync(MessageId id) =>
        (await Front.Services.GetRequiredService<MessageStore>().AttemptsAsync(Caller.Organization, id, CancellationToken.None))!;

    /// <summary>The message once it has the status.</summary>
    public async Task<MessageDetails> WhenAsync(MessageId id, MessageStatus status)
    {
        MessageDetails? message = null;
        await UntilAsync(async () => (message = await FindAsync(id)).Status == status, () => $"{id} is {message!.Status}, not {status}");
        // Recipients and status are read one after the other, and the status may have come in between.
        return await FindAsync(id);
    }

    /// <summary>Claims everything that is ready, as a worker does.</summary>
    public async Task<List<DeliveryJob>> ClaimAsync(string worker, int ofEachLane = 100, TimeSpan? lease = null)
    {
        var store = Front.Services.GetRequiredService<QueueStore>();
        var (lanes, _) = await store.SurveyAsync(new SurveyPosition(), new SurveyLimits(), CancellationToken.None);
        return await store.ClaimAsync(
            worker, [.. lanes.Select(lane => new LaneClaim(lane, ofEachLane))], lease ?? TimeSpan.FromSeconds(30), CancellationToken.None);
    }

    public Task UntilQueueIsEmptyAsync() =>
        UntilAsync(async () => await CountAsync("select count(*) from delivery_queue") == 0, () => "the queue is not empty");

    public async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise, TimeSpan? limit = null)
    {
        using var deadline = new CancellationTokenSource(limit ?? Deadline);
        while (!await condition())
        {
            if (deadline.IsCancellationRequested)
                throw new TimeoutException(otherwise());
            await Task.Delay(ProbeInterval, CancellationToken.None);
        }
    }

    /// <summary>Keeps every reason to wait in the table <c>reasons</c>: in the queue it stands only until the item is due again.</summary>
    public Task KeepReasonsAsync() => ExecuteAsync(
        """
        create table reasons (reason text);
        create function keep_reason() returns trigger language plpgsql as 'begin insert into reasons values (new.wait_reason); return null; end';
        create trigger keep_reason after update on delivery_queue for each row when (new.wait_reason is not null) execute function keep_reason();
        """);

    public async Task<long> CountAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public static OutgoingRecipient To(string mailbox, RecipientKind kind = RecipientKind.To) => new(kind, Box(mailbox));

    public static Mailbox Box(string text) =>
        Mailbox.TryParse(text, out var mailbox, out var error) ? mailbox : throw new FormatException($"{text}: {error}");

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _started)
            await worker.StopAsync();
        await Front.StopAsync();
        foreach (var host in _hosts)
            host.Dispose();
        await _database.DisposeAsync();
    }

    private IHost Build(Action<IHostApplicationBuilder> configure, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "test" });
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddMetrics();
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(options => options.SingleLine = true));
        builder.AddMailCore();
        configure(builder);
        var host = builder.Build();
        _hosts.Add(host);
        return host;
    }
}
