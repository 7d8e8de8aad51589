using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace Mail.EndToEnd.Tests.Hosting;

/// <summary>A small application with every kind of resource; its services are one-file Node.js programs.</summary>
public sealed class HostingFixture : IAsyncLifetime
{
    public const string Greeting = "hello from the service";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    public DistributedApplication App { get; private set; } = null!;

    public TimeSpan StartedIn { get; private set; }

    /// <summary>Answers /health, tells its environment on /env, and writes a line for every other request.</summary>
    private static string Program => $$"""
        console.log('{{Greeting}}');
        require('node:http').createServer((request, response) => {
          if (request.url === '/exit') process.exit(3);
          if (request.url === '/env') return response.end(JSON.stringify(process.env));
          if (request.url !== '/health') console.error('asked for ' + request.url);
          response.end(process.pid + '');
        }).listen(process.env.PORT, 'localhost');
        """;

    public async Task InitializeAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        var builder = DistributedApplicationTestingBuilder.Create();
        var maildb = builder.AddPostgres("postgres").WithDataVolume().AddDatabase("maildb");
        var redis = builder.AddRedis("redis");
        var blobs = builder.AddAzureStorage("storage").RunAsEmulator().AddBlobs("blobs");
        var once = builder.AddExecutable("once", "node", ".", "-e", "console.log('done once')").WaitFor(maildb);
        var first = builder.AddExecutable("first", "node", ".", "-e", Program)
            .WithHttpEndpoint(env: "PORT", isProxied: false).WithHttpHealthCheck("/health")
            .WithReference(maildb).WithReference(redis).WithReference(blobs)
            .WaitForCompletion(once).WaitFor(redis).WaitFor(blobs);
        builder.AddExecutable("second", "node", ".", "-e", Program)
            .WithHttpEndpoint(env: "PORT").WithHttpHealthCheck("/health")
            .WithReference(first.GetEndpoint("http")).WaitFor(first)
            .WithUrls(context => context.Urls.Add(new() { Url = "http://localhost/page", DisplayText = "A page" }));
        App = await builder.BuildAsync(limit.Token);
        var clock = Stopwatch.StartNew();
        await App.StartAsync(limit.Token);
        try
        {
            await App.ResourceNotifications.WaitForResourceHealthyAsync("second", limit.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException("Not healthy in time:\n" + App.Describe(), e);
        }
        StartedIn = clock.Elapsed;
    }

    public async Task DisposeAsync() => await App.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class HostingCollection : ICollectionFixture<HostingFixture>
{
    public const string Name = "hosting";
}
