using Mail.Core;
using Mail.Core.Events;
using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.Core.Webhooks;
using Mail.Protocol.Dns;
using Mail.Protocol.Webhooks;
using Mail.TestKit.Dns;
using Mail.TestKit.Servers;
using Mail.Worker.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mail.Worker.Tests.Webhooks;

/// <summary>A database with an organization that has webhooks, and as many dispatchers as a test starts.</summary>
internal sealed class WebhookSystem : IAsyncDisposable
{
    public static readonly string MasterKey = Convert.ToBase64String(new byte[32]);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(10);

    private readonly PostgresDatabase _database;
    private readonly List<IHost> _started = [];

    private WebhookSystem(PostgresDatabase database)
    {
        _database = database;
        Front = Build(_ => { });
    }

    public IHost Front { get; }

    public FakeDnsResolver Dns { get; } = new();

    public OrganizationId Organization { get; private set; }

    public string ConnectionString => _database.ConnectionString;

    public WebhookStore Webhooks => Front.Services.GetRequiredService<WebhookStore>();

    public WebhookDeliveryStore Deliveries => Front.Services.GetRequiredService<WebhookDeliveryStore>();

    public static async Task<WebhookSystem> CreateAsync()
    {
        var system = new WebhookSystem(await PostgresDatabase.CreateAsync());
        system.Organization = await system.AddOrganizationAsync("acme");
        return system;
    }

    public async Task<OrganizationId> AddOrganizationAsync(string name) =>
        (await Front.Services.GetRequiredService<OrganizationStore>().CreateAsync(name, CancellationToken.None))!.Value;

    public async Task<(WebhookDetails Webhook, WebhookSecret Secret)> AddAsync(
        string url, WebhookDialect dialect = WebhookDialect.Mail, OrganizationId? organization = null, params string[] types)
    {
        var outcome = await Webhooks.CreateAsync(
            organization ?? Organization, new NewWebhook(dialect, url, null, types.Length == 0 ? ["*"] : types), CancellationToken.None);
        var created = Assert.IsType<CreateWebhookOutcome.Created>(outcome);
        return (created.Webhook, created.Secret);
    }

    /// <summary>Something happens to a message.</summary>
    public Task HappenAsync(params NewEvent[] events) =>
        Front.Services.GetRequiredService<EventStore>().AppendAsync(events, CancellationToken.None);

    public NewEvent Bounce(string recipient = "ann@example.test") => NewEvent.OfMessage(
        Organization, EventTypes.MessageBounced, new MessageId(Guid.CreateVersion7()),
        $$"""{"recipient":"{{recipient}}","smtpCode":550,"enhancedCode":"5.1.1","reply":"mailbox does not exist"}""");

    public async Task<IHost> StartWorkerAsync(params (string Key, string Value)[] settings)
    {
        var worker = BuildWorker(settings);
        await worker.StartAsync();
        _started.Add(worker);
        return worker;
    }

    /// <summary>A worker whose stages can be called one by one: its loops do not run.</summary>
    public IHost BuildWorker(params (string Key, string Value)[] settings) => BuildWorker(TimeProvider.System, Dns, settings);

    public IHost BuildWorker(TimeProvider clock, IDnsResolver resolver, params (string Key, string Value)[] settings) => Build(builder =>
    {
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(resolver);
        builder.AddWebhookDispatch();
    }, settings);

    public async Task<List<WebhookDeliveryDetails>> DeliveriesOfAsync(WebhookId webhook) =>
        await Deliveries.ListAsync(Organization, webhook, null, null, 1000, CancellationToken.None);

    /// <summary>The only delivery of an endpoint, once it has had as many attempts.</summary>
    public async Task<WebhookDeliveryDetails> AttemptedAsync(WebhookId webhook, int attempts)
    {
        WebhookDeliveryDetails? delivery = null;
        await UntilAsync(async () => (delivery = (await DeliveriesOfAsync(webhook)).Single()).Attempts >= attempts, () => $"{delivery}");
        return delivery!;
    }

    /// <summary>Nothing has happened yet: making an endpoint is an event too.</summary>
    public Task ForgetAsync() => ExecuteAsync("delete from webhook_queue; delete from webhook_deliveries");

    public Task MakeDueAsync() => ExecuteAsync("update webhook_queue set due_at = now() where leased_by is null");

    public async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!await condition())
        {
            if (deadline.IsCancellationRequested)
                throw new TimeoutException(otherwise());
            await Task.Delay(ProbeInterval, CancellationToken.None);
        }
    }

    public async Task<T> ValueAsync<T>(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _started)
        {
            await worker.StopAsync();
            worker.Dispose();
        }
        Front.Dispose();
        await _database.DisposeAsync();
    }

    private IHost Build(Action<IHostApplicationBuilder> configure, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "test" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:maildb"] = _database.ConnectionString,
            ["ConnectionStrings:blobs"] = WorkerSystem.NoBlobs,
            ["Mail:Secrets:MasterKey"] = MasterKey,
            ["Mail:Webhooks:AllowHttp"] = "true",
            ["Mail:Webhooks:AllowLoopback"] = "true",
            ["Mail:Webhooks:MaxEndpoints"] = "1000",
            ["Mail:Webhooks:Dispatch:PollInterval"] = "00:00:00.020",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddMetrics();
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(options => options.SingleLine = true));
        builder.AddMailCore();
        configure(builder);
        return builder.Build();
    }
}
