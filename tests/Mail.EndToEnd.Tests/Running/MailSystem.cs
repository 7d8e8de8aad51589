using System.Net.Http.Headers;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>The whole system as its AppHost starts it, on ports and in a directory of its own.</summary>
public sealed class MailSystem : IAsyncDisposable
{
    private const int Workers = 2;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(180);
    private static readonly (string Name, int Instances)[] Services = [("api", 1), ("inbound", 1), ("worker", Workers)];

    private MailSystem(DistributedApplication app, DevelopmentFile development)
    {
        App = app;
        Development = development;
        Live = Client(development.ApiKey);
        Test = Client(development.TestApiKey);
    }

    public DistributedApplication App { get; }

    public DevelopmentFile Development { get; }

    /// <summary>The API with the demo organization's live key.</summary>
    public HttpClient Live { get; }

    /// <summary>The API with the demo organization's test key.</summary>
    public HttpClient Test { get; }

    public static async Task<MailSystem> StartAsync(params string[] args)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Mail_AppHost>(args, limit.Token);
        var app = await builder.BuildAsync(limit.Token);
        try
        {
            await app.StartAsync(limit.Token);
            await HealthyAsync(app);
            await using var file = File.OpenRead(Path.Combine(builder.Configuration["Hosting:State"]!, "dev.json"));
            return new MailSystem(app, (await JsonSerializer.DeserializeAsync<DevelopmentFile>(file, JsonSerializerOptions.Web, limit.Token))!);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public HttpClient Client(string apiKey)
    {
        var client = App.CreateHttpClient("api");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        return client;
    }

    /// <summary>Returns when every process of the product answers that it is ready.</summary>
    public Task HealthyAsync() => HealthyAsync(App);

    /// <summary>The running processes of the product's services.</summary>
    public IReadOnlyList<int> ProcessIds() =>
        [.. Services.SelectMany(s => App.GetInstances(s.Name)).Select(i => i.ProcessId).OfType<int>().Order()];

    /// <summary>What the AppHost said about processes that ended unasked.</summary>
    public IReadOnlyList<string> UnaskedEnds() =>
        [.. Services.SelectMany(s => App.GetInstances(s.Name)).SelectMany(i => Ends(i.Id, App.GetLog(i.Id)))];

    public Task<MailDatabase> DatabaseAsync() => MailDatabase.OpenAsync(App);

    /// <summary>What a variable of the environment of a service is.</summary>
    public string EnvironmentOf(string resource, string variable) =>
        App.GetInstances(resource)[0].Snapshot.EnvironmentVariables.Single(v => v.Name == variable).Value!;

    public async ValueTask DisposeAsync()
    {
        Live.Dispose();
        Test.Dispose();
        await App.DisposeAsync();
    }

    private static IEnumerable<string> Ends(string id, IReadOnlyList<string> log) =>
        from end in log.Index()
        where end.Item.StartsWith("Ended with exit code", StringComparison.Ordinal)
        select string.Join('\n', log.Take(end.Index + 1).TakeLast(20).Prepend(id));

    private static Task HealthyAsync(DistributedApplication app) =>
        Eventually.IsTrueAsync("all services are healthy", StartLimit, () => Services.All(s => IsHealthy(app, s.Name, s.Instances)), app.Describe);

    private static bool IsHealthy(DistributedApplication app, string name, int instances) =>
        app.GetInstances(name).Count(i => i.ProcessId is not null && i.Snapshot.HealthStatus == HealthStatus.Healthy) == instances;
}

/// <summary>What the AppHost tells about the running system.</summary>
public sealed record DevelopmentFile(
    string ApiUrl, string SmtpHost, int SmtpPort, int SubmissionPort, int SubmissionTlsPort, string DashboardUrl, string ApiKey, string TestApiKey);
