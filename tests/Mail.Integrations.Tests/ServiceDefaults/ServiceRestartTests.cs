using System.Net;
using Mail.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mail.Integrations.Tests.ServiceDefaults;

public sealed class ServiceRestartTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_service_that_fails_is_started_again_and_the_process_goes_on()
    {
        var service = new Failing(times: 2);
        await using var host = await StartAsync(service);

        await PassPauseAsync();
        await PassPauseAsync();
        await service.Runs.WaitAsync(Patience);

        Assert.Equal(3, service.Starts);
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync("/alive")).StatusCode);
        await host.App.StopAsync();
        Assert.True(service.WasStopped);
    }

    [Fact]
    public async Task A_service_that_fails_as_it_is_started_again_is_started_once_more()
    {
        var service = new Failing(times: 1, timesAtStart: 1);
        await using var host = await StartAsync(service);

        await PassPauseAsync();
        await PassPauseAsync();
        await service.Runs.WaitAsync(Patience);

        Assert.Equal(3, service.Starts);
    }

    [Fact]
    public async Task A_service_that_has_done_its_work_is_left_alone()
    {
        var (done, failing) = (new Failing(times: 0, ends: true), new Failing(times: 1));
        await using var host = await StartAsync(done, failing);

        await PassPauseAsync();
        await failing.Runs.WaitAsync(Patience);

        Assert.Equal(1, done.Starts);
    }

    [Fact]
    public async Task None_is_started_again_once_the_host_stops()
    {
        var service = new Failing(times: int.MaxValue);
        await using var host = await StartAsync(service);
        await _time.Armed.WaitAsync(Patience);

        await host.App.StopAsync().WaitAsync(Patience);
        _time.Advance(10 * Pause);

        Assert.Equal(1, service.Starts);
    }

    private Task<TestHost> StartAsync(params BackgroundService[] services) => TestHost.StartAsync(builder =>
    {
        builder.Services.AddSingleton<TimeProvider>(_time);
        foreach (var service in services)
            builder.Services.AddSingleton<IHostedService>(service);
    });

    private async Task PassPauseAsync()
    {
        Assert.True(await _time.Armed.WaitAsync(Patience));
        _time.Advance(Pause);
    }

    /// <param name="times">How often its work fails before it runs until it is stopped.</param>
    /// <param name="timesAtStart">How often a further start fails.</param>
    /// <param name="ends">It comes to its end instead of running.</param>
    private sealed class Failing(int times, int timesAtStart = 0, bool ends = false) : BackgroundService
    {
        private readonly TaskCompletionSource _runs = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Starts { get; private set; }

        public bool WasStopped { get; private set; }

        public Task Runs => _runs.Task;

        public override Task StartAsync(CancellationToken cancellationToken)
        {
            Starts++;
            return Starts > 1 && Starts - 1 <= timesAtStart
                ? Task.FromException(new InvalidOperationException("at the start"))
                : base.StartAsync(cancellationToken);
        }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            if (Starts <= times)
                throw new InvalidOperationException("unforeseen");
            _runs.SetResult();
            if (ends)
                return;
            await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            WasStopped = true;
        }
    }
}
