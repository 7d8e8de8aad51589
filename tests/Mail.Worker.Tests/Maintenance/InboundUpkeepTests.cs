using Mail.Core.Domains.Records;
using Mail.Core.Inbound;
using Mail.Protocol.Dns;
using Mail.TestKit.Dns;
using Mail.Worker.Maintenance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mail.Worker.Tests.Maintenance;

/// <summary>Workers that look inbound domains up at a name server, and delete mail whose time is over.</summary>
public sealed class InboundUpkeepTests : IAsyncLifetime
{
    private const int ChecksUntilFailed = 6;
    private readonly TestDnsServer _dns = TestDnsServer.Start();
    private WorkerSystem _system = null!;
    private IHost _worker = null!;

    private InboundUpkeep Upkeep => _worker.Services.GetRequiredService<InboundUpkeep>();

    public async Task InitializeAsync()
    {
        _system = await WorkerSystem.CreateAsync(settings: ("Mail:Dns:Servers:0", _dns.EndPoint.ToString()));
        _worker = _system.BuildMaintenance();
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _dns.DisposeAsync();
    }

    [Fact]
    public async Task Domain_is_verified_by_itself_once_its_records_are_there_and_told_to_webhooks()
    {
        var domain = await CreateAsync("found.test");
        await _system.ExecuteAsync(
            $"""
            insert into webhook_endpoints (organization_id, id, dialect, url, secret, secret_hint, event_types, wanted_types)
            select '{_system.Caller.Organization.Value}', uuidv7(), 'mail', 'https://hook.test/', ''::bytea, 'hint', types, types
            from (select array['mail.inbound.domain.verified'] as types) wanted
            """);
        Assert.Equal(1, await RunAsync());
        Assert.Equal(InboundDomainStatus.Pending, (await FindAsync(domain)).Status);
        Assert.Equal(0, await RunAsync());

        Publish(domain);
        await MakeDueAsync();
        Assert.Equal(1, await RunAsync());
        await MakeDueAsync();
        await RunAsync();

        Assert.Equal(InboundDomainStatus.Verified, (await FindAsync(domain)).Status);
        Assert.Equal(1, await _system.CountAsync(
            $"select count(*) from events where type = 'mail.inbound.domain.verified' and resource_id = '{domain.Id.Value}' and data->>'domain' = 'found.test'"));
        Assert.Equal(1, await _system.CountAsync("select count(*) from webhook_deliveries where event_type = 'mail.inbound.domain.verified'"));
    }

    [Fact]
    public async Task Domain_that_lost_its_records_fails_after_hours_of_looking_and_comes_back()
    {
        var domain = await CreateAsync("lost.test");
        await _system.ExecuteAsync("update inbound_domains set status = 'verified', verified_at = now()");

        for (var i = 1; i < ChecksUntilFailed; i++)
        {
            await MakeDueAsync();
            await RunAsync();
            Assert.Equal(InboundDomainStatus.Verified, (await FindAsync(domain)).Status);
        }
        await MakeDueAsync();
        await RunAsync();

        Assert.Equal(InboundDomainStatus.Failed, (await FindAsync(domain)).Status);
        Assert.Equal(1, await _system.CountAsync(
            """select count(*) from events where type = 'mail.inbound.domain.failed' and data->>'reason' = 'records_broken' and data->'records' = '["INBOUND", "OWNERSHIP"]'"""));
        Assert.Null(await _worker.Services.GetRequiredService<InboundDomainCheckStore>().FindOwnerAsync("lost.test", default));
        Publish(domain);
        await MakeDueAsync();
        await RunAsync();
        Assert.Equal(InboundDomainStatus.Verified, (await FindAsync(domain)).Status);
        Assert.Equal(1, await _system.CountAsync("select count(*) from events where type = 'mail.inbound.domain.verified'"));
    }

    [Fact]
    public async Task Name_servers_that_do_not_answer_count_against_nobody()
    {
        var domain = await CreateAsync("silent.test");
        await _system.ExecuteAsync("update inbound_domains set status = 'verified', verified_at = now()");
        foreach (var record in Records(domain))
            _dns.Zone.ServFail(record.Name);

        for (var i = 0; i < ChecksUntilFailed; i++)
        {
            await MakeDueAsync();
            await RunAsync();
        }

        Assert.Equal(InboundDomainStatus.Verified, (await FindAsync(domain)).Status);
        Assert.Equal(0, await _system.CountAsync("select count(*) from inbound_domains where failures > 0"));
    }

    [Fact]
    public async Task What_a_check_found_is_worth_nothing_once_another_has_begun()
    {
        var domain = await CreateAsync("twice.test");
        var (store, check) = (_worker.Services.GetRequiredService<InboundDomainCheckStore>(), _worker.Services.GetRequiredService<CheckInboundDomain>());
        var paused = Assert.Single(await store.ClaimDueAsync(10, TimeSpan.Zero, default));
        var next = Assert.Single(await store.ClaimDueAsync(10, TimeSpan.FromMinutes(5), default));
        Publish(domain);

        await check.CheckAsync(paused, default);
        Assert.Equal(InboundDomainStatus.Pending, (await FindAsync(domain)).Status);
        await check.CheckAsync(next, default);
        Assert.Equal(InboundDomainStatus.Verified, (await FindAsync(domain)).Status);

        var asked = (await store.BeginAsync(domain.Organization, domain.Id, default))!;
        await _system.ExecuteAsync("update inbound_domains set status = 'failed'");
        await check.CheckAsync(next, default);
        Assert.Equal(InboundDomainStatus.Failed, (await FindAsync(domain)).Status);
        await check.CheckAsync(asked, default);
        Assert.Equal(InboundDomainStatus.Verified, (await FindAsync(domain)).Status);
    }

    [Fact]
    public async Task Mail_is_deleted_when_its_time_is_over_and_not_before()
    {
        await StoreAsync("inbound_messages", "id, organization_id, domain, mail_from, recipients, header_from, subject, size, raw, content, received_at",
            "uuidv7(), '{0}', 'in.test', '', '{{}}', '', '', 1, ''::bytea, '{{}}', now() - {1}", "30 days");
        await StoreAsync("dev_inbox", "id, organization_id, mail_from, rcpt_to, subject, size, raw, authentication, received_at",
            "uuidv7(), '{0}', '', '', '', 1, ''::bytea, '{{}}', now() - {1}", "7 days");
        await StoreAsync("operator_mail", "id, mail_from, rcpt_to, subject, size, raw, received_at", "uuidv7(), '', '', '', 1, ''::bytea, now() - {1}", "90 days");

        Assert.Equal((1, 1, 1), (await Upkeep.DeleteMessagesAsync(1, default), await Upkeep.DeleteCapturedAsync(1, default), await Upkeep.DeleteOperatorMailAsync(1, default)));
        Assert.Equal((1, 1, 1), (await Upkeep.DeleteMessagesAsync(9, default), await Upkeep.DeleteCapturedAsync(9, default), await Upkeep.DeleteOperatorMailAsync(9, default)));
        Assert.Equal((0, 0, 0), (await Upkeep.DeleteMessagesAsync(9, default), await Upkeep.DeleteCapturedAsync(9, default), await Upkeep.DeleteOperatorMailAsync(9, default)));

        foreach (var table in new[] { "inbound_messages", "dev_inbox", "operator_mail" })
            Assert.Equal(1, await _system.CountAsync($"select count(*) from {table}"));
    }

    [Fact]
    public async Task Operator_keeps_the_newest_of_too_many()
    {
        using var worker = _system.BuildMaintenance(("Mail:InboundMail:MaxOperatorMails", "100"));
        await _system.ExecuteAsync(
            "insert into operator_mail (id, mail_from, rcpt_to, subject, size, raw) select uuidv7(), '', '', i::text, 1, ''::bytea from generate_series(1, 130) i");

        Assert.Equal(30, await worker.Services.GetRequiredService<InboundUpkeep>().DeleteOperatorMailAsync(1000, default));

        Assert.Equal(0, await _system.CountAsync("select count(*) from operator_mail where subject::int <= 30"));
    }

    [Fact]
    public async Task Every_job_is_run_from_time_to_time()
    {
        var names = _worker.Services.GetServices<MaintenanceJob>().Select(job => job.Name).ToList();

        Assert.All(["inbound domains", "received mail", "mail to the operator", "captured mail"], name => Assert.Contains(name, names));
    }

    // Two that are a minute too old, and one that has a minute left.
    private async Task StoreAsync(string table, string columns, string values, string age)
    {
        foreach (var received in new[] { $"interval '{age} 1 minute'", $"interval '{age} 2 minutes'", $"(interval '{age}' - interval '1 minute')" })
            await _system.ExecuteAsync($"insert into {table} ({columns}) values ({string.Format(System.Globalization.CultureInfo.InvariantCulture, values, _system.Caller.Organization.Value, received)})");
    }

    private async Task<InboundDomain> CreateAsync(string name) =>
        (await _worker.Services.GetRequiredService<InboundDomainStore>().CreateAsync(_system.Caller.Organization, name, 10, default))!;

    private async Task<InboundDomain> FindAsync(InboundDomain domain) =>
        (await _worker.Services.GetRequiredService<InboundDomainStore>().FindAsync(domain.Organization, domain.Id, default))!;

    private Task<int> RunAsync() => Upkeep.CheckDomainsAsync(10, default);

    private Task MakeDueAsync() => _system.ExecuteAsync("update inbound_domains set next_check_at = now()");

    private IReadOnlyList<ExpectedRecord> Records(InboundDomain domain) =>
        _worker.Services.GetRequiredService<InboundDomainRecords>().Of(domain.Organization, domain.Name);

    private void Publish(InboundDomain domain)
    {
        foreach (var record in Records(domain))
        {
            if (record.Type == DnsRecordType.Mx)
                _dns.Zone.Mx(record.Name, 10, record.Value.Split(' ')[1]);
            else
                _dns.Zone.Txt(record.Name, record.Value);
        }
    }
}
