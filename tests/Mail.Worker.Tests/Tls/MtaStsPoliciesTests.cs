using Mail.Core.Tls;
using Mail.Protocol.Dns;
using Mail.Protocol.MtaSts;
using Mail.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Tests.Tls;

public sealed class MtaStsPoliciesTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private TlsSystem _system = null!;
    private IServiceProvider _services = null!;

    public async Task InitializeAsync()
    {
        _system = await TlsSystem.CreateAsync(Certificate.Good);
        _services = _system.Worker.BuildWorker().Services;
    }

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task Without_a_record_in_dns_nothing_is_fetched()
    {
        _system.Publish("enforce");
        _system.Zone.Remove("_mta-sts.example.test");

        Assert.Null(await FindAsync(Worker()));
        Assert.Equal(0, _system.Policies.Requests);
    }

    [Fact]
    public async Task One_worker_fetches_for_all()
    {
        _system.Publish("enforce");

        Assert.Equal(MtaStsMode.Enforce, (await FindAsync(Worker()))!.Mode);
        Assert.Equal(MtaStsMode.Enforce, (await FindAsync(Worker()))!.Mode);

        Assert.Equal(1, _system.Policies.Requests);
    }

    [Fact]
    public async Task Many_messages_at_once_fetch_once()
    {
        _system.Publish("enforce");
        var worker = Worker();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => FindAsync(worker)));

        Assert.Equal(1, _system.Policies.Requests);
    }

    [Fact]
    public async Task Another_id_in_dns_means_another_policy()
    {
        var worker = Worker();
        _system.Publish("testing", id: "1");
        await FindAsync(worker);
        _system.Publish("enforce", id: "2");

        Assert.Equal(MtaStsMode.Testing, (await FindAsync(worker))!.Mode);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(MtaStsMode.Enforce, (await FindAsync(worker))!.Mode);
    }

    [Fact]
    public async Task What_was_fetched_counts_although_dns_and_host_are_gone()
    {
        _system.Publish("enforce");
        await FindAsync(Worker());
        _system.Zone.Remove("_mta-sts.example.test").ServFail("_mta-sts.example.test", DnsRecordType.Txt);
        _system.Policies.Answer = PolicyServer.Http("404 Not Found", "", "");

        Assert.Equal(MtaStsMode.Enforce, (await FindAsync(Worker()))!.Mode);
        _system.Publish("testing", id: "2");
        _system.Policies.Answer = PolicyServer.Http("500 Oops", "", "");
        Assert.Equal(MtaStsMode.Enforce, (await FindAsync(Worker()))!.Mode);
    }

    [Fact]
    public async Task A_policy_ends_with_its_time()
    {
        _system.Publish("enforce");
        await FindAsync(Worker());
        _system.Zone.Remove("_mta-sts.example.test");
        await _system.Worker.ExecuteAsync("update mta_sts_policies set expires_at = now() - interval '1 s'");

        Assert.Null(await FindAsync(Worker()));
    }

    [Theory]
    [InlineData("25 hours", "30 days")]
    [InlineData("13 hours", "11 hours")]
    public async Task A_policy_is_renewed_long_before_its_end(string age, string left)
    {
        _system.Publish("enforce");
        await FindAsync(Worker());
        await _system.Worker.ExecuteAsync(
            $"update mta_sts_policies set fetched_at = now() - interval '{age}', expires_at = now() + interval '{left}'");

        await FindAsync(Worker());

        Assert.Equal(2, _system.Policies.Requests);
        Assert.Equal(1, await _system.Worker.CountAsync("select count(*) from mta_sts_policies where fetched_at > now() - interval '1 h'"));
    }

    [Fact]
    public async Task A_policy_that_cannot_be_had_is_asked_for_again_after_minutes_only()
    {
        var worker = Worker();
        _system.Publish("enforce");
        _system.Policies.Answer = PolicyServer.Http("500 Oops", "", "");

        Assert.Null(await FindAsync(worker));
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Null(await FindAsync(worker));
        Assert.Equal(1, _system.Policies.Requests);

        _time.Advance(TimeSpan.FromMinutes(1));
        _system.Publish("enforce");
        Assert.NotNull(await FindAsync(worker));
    }

    [Fact]
    public async Task A_policy_that_says_none_ends_one_that_said_enforce()
    {
        _system.Publish("enforce");
        await FindAsync(Worker());
        _system.Publish("none", id: "2");

        Assert.Null(await FindAsync(Worker()));
    }

    [Fact]
    public async Task A_database_that_is_away_does_not_switch_policies_off()
    {
        _system.Publish("enforce");
        await using var away = Npgsql.NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Timeout=1");

        Assert.Equal(MtaStsMode.Enforce, (await FindAsync(Worker(new MtaStsStore(away))))!.Mode);
    }

    private static async Task<MtaStsPolicy?> FindAsync(MtaStsPolicies policies) =>
        (await policies.FindAsync("example.test", CancellationToken.None)).Policy;

    // Each has a memory of its own, as another process has.
    private MtaStsPolicies Worker(MtaStsStore? store = null) => new(
        _services.GetRequiredService<IDnsResolver>(), store ?? _services.GetRequiredService<MtaStsStore>(),
        _services.GetRequiredService<MtaStsFetch>(), Options.Create(new TlsOptions()), _time, NullLogger<MtaStsPolicies>.Instance);
}
