using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Mail.Protocol.Dns;
using Mail.TestKit.Dns;
using Mail.Worker.Maintenance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mail.Worker.Tests.Maintenance;

/// <summary>Workers that look domains up at a name server.</summary>
public sealed class DomainRecheckTests : IAsyncLifetime
{
    private readonly TestDnsServer _dns = TestDnsServer.Start();
    private WorkerSystem _system = null!;

    [Fact]
    public async Task A_domain_is_verified_by_itself_once_its_records_are_there()
    {
        using var worker = Worker();
        var domain = await CreateAsync(worker, "found.test");
        Assert.Equal(0, await RunAsync(worker));
        await MakeDueAsync();
        Assert.Equal(1, await RunAsync(worker));
        Assert.Equal(DomainStatus.Pending, (await FindAsync(worker, domain)).Status);

        Publish(worker, domain);
        await MakeDueAsync();
        await RunAsync(worker);

        Assert.Equal(DomainStatus.Verified, (await FindAsync(worker, domain)).Status);
        Assert.Equal(1, await _system.CountAsync("select count(*) from events where type = 'mail.domain.verified'"));
        Assert.Equal(0, await RunAsync(worker));
    }

    [Fact]
    public async Task Several_workers_share_the_domains_and_check_each_once()
    {
        using var first = Worker();
        using var second = Worker();
        const int Count = 12;
        for (var i = 0; i < Count; i++)
            await CreateAsync(first, $"shared{i}.test");
        await MakeDueAsync();

        var counts = await Task.WhenAll(DrainAsync(first), DrainAsync(second), DrainAsync(first), DrainAsync(second));

        Assert.Equal(Count, counts.Sum());
        Assert.Equal(Count, await _system.CountAsync("select count(*) from domains where last_checked_at is not null and check_token = 1"));
    }

    [Fact]
    public async Task The_loop_does_it_without_being_asked()
    {
        var worker = Worker();
        var domain = await CreateAsync(worker, "loop.test");
        Publish(worker, domain);
        await MakeDueAsync();

        await worker.StartAsync();

        await _system.UntilAsync(async () => (await FindAsync(worker, domain)).Status == DomainStatus.Verified, () => "still not verified");
        await worker.StopAsync();
    }

    [Fact]
    public async Task The_demo_domain_is_never_due()
    {
        using var worker = Worker();
        Assert.Equal(1, await _system.CountAsync("select count(*) from domains where name = 'demo.test' and status = 'verified'"));

        await MakeDueAsync();

        Assert.Equal(0, await RunAsync(worker));
    }

    public async Task InitializeAsync() => _system = await WorkerSystem.CreateAsync(settings:
    [
        ("Mail:Dns:Servers:0", _dns.EndPoint.ToString()), ("Mail:DomainRecheck:Batch", "3"), ("Mail:DomainRecheck:Interval", "00:00:01"),
    ]);

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _dns.DisposeAsync();
    }

    private IHost Worker() => _system.BuildMaintenance();

    private async Task<SendingDomain> CreateAsync(IHost worker, string name) => Assert.IsType<DomainChange.Done>(
        await worker.Services.GetRequiredService<CreateDomain>().RunAsync(_system.Caller.Organization, name, "mail", null, Mail.Core.Tls.TlsRequirement.Opportunistic, default)).Domain;

    private static async Task<SendingDomain> FindAsync(IHost worker, SendingDomain domain) =>
        (await worker.Services.GetRequiredService<DomainStore>().FindAsync(domain.Organization, domain.Id, default))!;

    private static Task<int> RunAsync(IHost worker) => worker.Services.GetRequiredService<DomainRecheck>().RunAsync(default);

    private static async Task<int> DrainAsync(IHost worker)
    {
        var all = 0;
        int some;
        do
            all += some = await RunAsync(worker);
        while (some > 0);
        return all;
    }

    private Task MakeDueAsync() => _system.ExecuteAsync("update domains set next_check_at = now() where next_check_at is not null");

    private void Publish(IHost worker, SendingDomain domain)
    {
        foreach (var record in worker.Services.GetRequiredService<DomainRecords>().Of(domain))
        {
            if (record.Type == DnsRecordType.Mx)
                _dns.Zone.Mx(record.Name, 10, record.Value.Split(' ')[1]);
            else
                _dns.Zone.Txt(record.Name, record.Value);
        }
    }
}
