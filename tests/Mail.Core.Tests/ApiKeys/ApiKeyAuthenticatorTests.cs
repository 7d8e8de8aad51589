using Mail.Core.ApiKeys;
using Mail.Core.Organizations;
using Mail.Integrations.Redis;
using Mail.TestKit;
using Mail.TestKit.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Core.Tests.ApiKeys;

public sealed class ApiKeyAuthenticatorTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static int _organizations;

    // Its clock stands still: what it remembers it remembers until it is told, or the test moves the clock.
    private readonly Process _here = new(database);

    [Fact]
    public async Task A_revoked_key_ends_at_once_in_the_process_that_revokes_it()
    {
        var (organization, key) = await CreateAsync();
        Assert.NotNull(await _here.AuthenticateAsync(key.Text));

        Assert.True(await _here.Registry.RevokeAsync(organization, key.Key.Id, CancellationToken.None));

        Assert.Null(await _here.AuthenticateAsync(key.Text));
    }

    [Fact]
    public async Task Without_redis_a_revoked_key_ends_within_a_second()
    {
        var (organization, key) = await CreateAsync();
        Assert.NotNull(await _here.AuthenticateAsync(key.Text));
        await new Process(database).Registry.RevokeAsync(organization, key.Key.Id, CancellationToken.None);

        _here.Clock.Advance(Second - TimeSpan.FromTicks(1));
        Assert.NotNull(await _here.AuthenticateAsync(key.Text));
        _here.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await _here.AuthenticateAsync(key.Text));
    }

    [Fact]
    public async Task With_redis_other_processes_are_told()
    {
        var server = await RedisServer.SharedAsync();
        await using var redis = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + ",connectTimeout=60000,syncTimeout=60000"));
        var told = new Process(database, redis);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await told.Revocations.StartAsync(CancellationToken.None);
        while ((long)(await redis.ExecuteAsync(["PUBSUB", "NUMSUB", "mail:api-keys:revoked"], limit.Token))[1] == 0)
            await Task.Yield();
        var (organization, key) = await CreateAsync();
        Assert.NotNull(await told.AuthenticateAsync(key.Text));

        await new Process(database, redis).Registry.RevokeAsync(organization, key.Key.Id, CancellationToken.None);

        // The clock stands still: only the message can end it.
        while (await told.AuthenticateAsync(key.Text) is not null)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        await told.Revocations.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_redis_that_is_away_does_not_keep_a_key_from_being_revoked()
    {
        await using var redis = new RedisClient(RedisConfiguration.Parse("127.0.0.1:1"));
        var process = new Process(database, redis);
        var (organization, key) = await CreateAsync();

        Assert.True(await process.Registry.RevokeAsync(organization, key.Key.Id, CancellationToken.None));

        Assert.Null(await process.AuthenticateAsync(key.Text));
    }

    [Fact]
    public async Task A_suspended_organization_is_told_only_to_who_has_the_secret()
    {
        var (organization, key) = await CreateAsync();
        await new OrganizationStore(database.DataSource, _here.Clock).SetSuspendedAsync(organization, true, CancellationToken.None);

        Assert.IsType<KeyCheck.Suspended>(await _here.Authenticator.IdentifyAsync(key.Text.Reveal(), CancellationToken.None));
        Assert.Null(await _here.AuthenticateAsync(key.Text));
        var guessed = key.Text.Reveal()[..^1] + "-";
        Assert.IsType<KeyCheck.Invalid>(await _here.Authenticator.IdentifyAsync(guessed, CancellationToken.None));
        await new OrganizationStore(database.DataSource, _here.Clock).SetSuspendedAsync(organization, false, CancellationToken.None);
        _here.Clock.Advance(Second);
        Assert.NotNull(await _here.AuthenticateAsync(key.Text));
    }

    [Fact]
    public async Task Use_is_written_in_batches_at_most_once_a_minute_and_when_the_process_stops()
    {
        var (organization, key) = await CreateAsync();
        await _here.AuthenticateAsync(key.Text);
        var first = _here.Clock.GetUtcNow();
        Assert.Null(await LastUsedAsync(organization, key.Key.Id));

        await _here.Usage.FlushAsync(all: false, CancellationToken.None);
        Assert.Equal(first, await LastUsedAsync(organization, key.Key.Id));
        _here.Clock.Advance(TimeSpan.FromSeconds(50));
        await _here.AuthenticateAsync(key.Text);
        await _here.Usage.FlushAsync(all: false, CancellationToken.None);
        Assert.Equal(first, await LastUsedAsync(organization, key.Key.Id));
        _here.Clock.Advance(TimeSpan.FromSeconds(20));
        await _here.AuthenticateAsync(key.Text);
        await _here.Usage.FlushAsync(all: false, CancellationToken.None);
        Assert.Equal(first + TimeSpan.FromSeconds(70), await LastUsedAsync(organization, key.Key.Id));
        _here.Clock.Advance(TimeSpan.FromSeconds(2));
        await _here.AuthenticateAsync(key.Text);
        _here.Clock.Advance(TimeSpan.FromMinutes(1));
        await _here.AuthenticateAsync(key.Text);
        await _here.Usage.FlushAsync(all: true, CancellationToken.None);
        Assert.Equal(first + TimeSpan.FromSeconds(132), await LastUsedAsync(organization, key.Key.Id));
    }

    [Fact]
    public async Task Writing_down_the_use_follows_the_clock_and_ends_with_the_process()
    {
        var (organization, key) = await CreateAsync();
        await _here.Usage.StartAsync(CancellationToken.None);
        Assert.True(await _here.Clock.Armed.WaitAsync(TimeSpan.FromSeconds(30)));
        await _here.AuthenticateAsync(key.Text);

        await _here.Usage.StopAsync(CancellationToken.None);

        Assert.Equal(_here.Clock.GetUtcNow(), await LastUsedAsync(organization, key.Key.Id));
    }

    private async Task<(OrganizationId Organization, CreateKeyOutcome.Created Key)> CreateAsync()
    {
        var organization = await new OrganizationStore(database.DataSource, TimeProvider.System)
            .CreateAsync($"keys {Interlocked.Increment(ref _organizations)}", CancellationToken.None);
        var created = await _here.Registry.CreateAsync(organization!.Value, new NewApiKey("a", SendingMode.Live, [Scopes.FullAccess]), CancellationToken.None);
        return (organization.Value, Assert.IsType<CreateKeyOutcome.Created>(created));
    }

    private async Task<DateTimeOffset?> LastUsedAsync(OrganizationId organization, ApiKeyId key) =>
        (await new ApiKeyStore(database.DataSource, TimeProvider.System).FindAsync(organization, key, CancellationToken.None))!.LastUsedAt;

    private sealed class Process
    {
        public Process(TestDatabase database, RedisClient? redis = null)
        {
            var store = new ApiKeyStore(database.DataSource, Clock);
            Usage = new ApiKeyUsage(store, Clock, NullLogger<ApiKeyUsage>.Instance);
            Authenticator = new ApiKeyAuthenticator(store, Usage, Clock);
            Revocations = new KeyRevocations(redis, Authenticator, TimeProvider.System, NullLogger<KeyRevocations>.Instance);
            Registry = new ApiKeyRegistry(store, Revocations);
        }

        public ManualTime Clock { get; } = new();

        public ApiKeyUsage Usage { get; }

        public ApiKeyAuthenticator Authenticator { get; }

        public KeyRevocations Revocations { get; }

        public ApiKeyRegistry Registry { get; }

        public ValueTask<Caller?> AuthenticateAsync(ApiKeyText key) => Authenticator.AuthenticateAsync(key.Reveal(), CancellationToken.None);
    }
}
