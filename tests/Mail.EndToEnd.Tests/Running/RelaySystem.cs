using Mail.TestKit.Smtp;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>
/// The system with a smarthost that takes everything and keeps it. Leases and retries are short, so that what a fault
/// delays comes back within the patience of a test; nothing is traced.
/// </summary>
public sealed class RelaySystem : IAsyncLifetime
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    /// <summary>How many items one worker process may hold.</summary>
    public const int MaxInFlight = 500;

    public ScriptedSmtpServer Relay { get; } = ScriptedSmtpServer.Start();

    public MailSystem Instance { get; private set; } = null!;

    public async Task InitializeAsync() => Instance = await MailSystem.StartAsync(
        "--Mail:Delivery:Mode=smarthost", $"--Mail:Delivery:Smarthost={Relay.EndPoint}",
        $"--Mail:Queue:Lease={Lease}", $"--Mail:Queue:MaxInFlight={MaxInFlight}",
        // One key sends all of it as fast as it can.
        "--Mail:RateLimits:SendPerSecond=100000", "--Mail:RateLimits:SendPerSecondPerKey=100000",
        "--Mail:Retries:First=00:00:01", "--Mail:Batch:Patience=00:00:05", "--OTEL_TRACES_SAMPLER=always_off");

    public async Task DisposeAsync()
    {
        await Instance.DisposeAsync();
        await Relay.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class RelayCollection : ICollectionFixture<RelaySystem>
{
    public const string Name = "relay";
}
