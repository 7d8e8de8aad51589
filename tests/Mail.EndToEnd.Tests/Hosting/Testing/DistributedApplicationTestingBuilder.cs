using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable
{
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

/// <summary>Applications of a test: free ports, a state directory of their own that goes with them, several at once.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Runs the AppHost's Main up to its Build().</summary>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, CancellationToken cancellationToken = default) where TEntryPoint : class
    {
        cancellationToken.ThrowIfCancellationRequested();
        var state = TemporaryState.Create();
        var builder = await DistributedApplicationEntryPoint.RunAsync(typeof(TEntryPoint).Assembly, [.. Defaults(state), .. args]);
        return new TestingBuilder(builder, state);
    }

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>([], cancellationToken);

    /// <summary>An empty application.</summary>
    public static IDistributedApplicationTestingBuilder Create(params string[] args)
    {
        var state = TemporaryState.Create();
        var options = new DistributedApplicationOptions { Args = [.. Defaults(state), .. args] };
        return new TestingBuilder(new DistributedApplicationBuilder(options), state);
    }

    private static string[] Defaults(TemporaryState state) =>
        ["--environment=Development", "--DcpPublisher:RandomizePorts=true", $"--Hosting:State={state.Directory}", "--Logging:LogLevel:Default=Warning"];

    private sealed class TestingBuilder : IDistributedApplicationTestingBuilder
    {
        private readonly DistributedApplicationBuilder _inner;
        private readonly TemporaryState _state;

        public TestingBuilder(DistributedApplicationBuilder inner, TemporaryState state)
        {
            (_inner, _state) = (inner, state);
            inner.Services.AddHostedService(_ => state);
        }

        public ConfigurationManager Configuration => _inner.Configuration;

        public string AppHostDirectory => _inner.AppHostDirectory;

        public Assembly? AppHostAssembly => _inner.AppHostAssembly;

        public IHostEnvironment Environment => _inner.Environment;

        public IServiceCollection Services => _inner.Services;

        public IDistributedApplicationEventing Eventing => _inner.Eventing;

        public IResourceCollection Resources => _inner.Resources;

        public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource => _inner.AddResource(resource);

        public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => _inner.CreateResourceBuilder(resource);

        public DistributedApplication Build() => _inner.BuildHost();

        public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) => Task.FromResult(Build());

        public ValueTask DisposeAsync()
        {
            _state.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>A directory that lives as long as the application; the host disposes it last.</summary>
internal sealed class TemporaryState : IHostedService, IDisposable
{
    private TemporaryState(string directory) => Directory = directory;

    public string Directory { get; }

    public static TemporaryState Create()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("mail-test-").FullName;
        // PostgreSQL runs as another user when the tests run as root, and must pass through.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        return new TemporaryState(directory);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        if (System.IO.Directory.Exists(Directory)) System.IO.Directory.Delete(Directory, recursive: true);
    }
}
