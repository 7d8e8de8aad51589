using Mail.Core.Domains;
using Mail.Core.Domains.Records;

namespace Mail.Core.Tests.Domains;

public sealed class CheckDomainTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly DomainSystem _system = new(database);

    [Fact]
    public async Task A_domain_is_verified_when_all_required_records_are_there()
    {
        var domain = await _system.CreateAsync(await _system.OrganizationAsync(), "required.test");
        _system.Publish(domain);
        _system.Dns.Zone.Remove("_dmarc.required.test");

        var verified = await _system.VerifyAsync(domain);

        Assert.Equal(DomainStatus.Verified, verified.Status);
        Assert.NotNull(verified.VerifiedAt);
        Assert.Equal(RecordStatus.Missing, _system.Records.WithChecks(verified).Single(record => record.Expected.Purpose == RecordPurpose.Dmarc).Status);
        Assert.Equal(["mail.domain.created", "mail.domain.verified"], await _system.EventsAsync(domain));
        Assert.Equal(1.0, (await _system.NextCheckInAsync(domain))!.Value.TotalDays, 0.01);
    }

    [Theory]
    [InlineData(RecordPurpose.Dkim)]
    [InlineData(RecordPurpose.MailFrom)]
    public async Task One_missing_record_keeps_it_pending(RecordPurpose missing)
    {
        var domain = await _system.CreateAsync(await _system.OrganizationAsync(), $"missing{(int)missing}.test");
        _system.Publish(domain);
        _system.Dns.Zone.Remove(_system.Record(domain, missing).Name);

        var pending = await _system.VerifyAsync(domain);

        Assert.Equal(DomainStatus.Pending, pending.Status);
        Assert.Equal(RecordStatus.Missing, _system.Records.WithChecks(pending).First(record => record.Expected.Purpose == missing).Status);
        Assert.Equal(5.0, (await _system.NextCheckInAsync(domain))!.Value.TotalMinutes, 0.5);
    }

    [Fact]
    public async Task Senders_see_a_domain_verified_and_failed_within_a_second()
    {
        var organization = await _system.OrganizationAsync();
        var domain = await _system.CreateAsync(organization, "seen.test");
        Assert.Null(await SeenAsync());

        _system.Publish(domain);
        await _system.VerifyAsync(domain);
        _system.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await SeenAsync());

        await _system.Delete.RunAsync(organization, domain.Id, default);
        _system.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await SeenAsync());

        ValueTask<DomainId?> SeenAsync() => _system.Senders.FindVerifiedAsync(organization, "seen.test", default);
    }

    [Fact]
    public async Task A_verified_domain_that_breaks_fails_only_after_a_day_and_comes_back()
    {
        var domain = await _system.VerifiedAsync(await _system.OrganizationAsync(), "breaks.test");
        _system.Dns.Zone.Remove("ms1._domainkey.breaks.test");

        Assert.Equal(DomainStatus.Verified, (await _system.VerifyAsync(domain)).Status);
        Assert.Equal(DomainStatus.Verified, (await _system.VerifyAsync(domain)).Status);
        Assert.Equal(DomainStatus.Verified, (await _system.VerifyAsync(domain)).Status);
        await _system.AgeAsync(domain, TimeSpan.FromHours(24));
        Assert.Equal(DomainStatus.Failed, (await _system.VerifyAsync(domain)).Status);

        _system.Publish(domain);
        Assert.Equal(DomainStatus.Verified, (await _system.VerifyAsync(domain)).Status);
        Assert.Equal(["mail.domain.created", "mail.domain.verified", "mail.domain.failed", "mail.domain.verified"], await _system.EventsAsync(domain));
    }

    [Fact]
    public async Task Silent_name_servers_leave_everything_as_it_was()
    {
        var domain = await _system.VerifiedAsync(await _system.OrganizationAsync(), "silent.test");
        foreach (var record in _system.Records.Of(domain))
            _system.Dns.Zone.ServFail(record.Name);

        for (var i = 0; i < 4; i++)
        {
            await _system.VerifyAsync(domain);
            await _system.AgeAsync(domain, TimeSpan.FromHours(24));
        }

        var now = await _system.FindAsync(domain);
        Assert.Equal(DomainStatus.Verified, now.Status);
        Assert.All(_system.Records.WithChecks(now).Where(record => record.Expected.IsRequired), record =>
            Assert.Equal((RecordStatus.Verified, true), (record.Status, record.Check!.Explanation!.Contains("no answer", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task The_return_path_and_the_tracking_host_are_used_when_their_records_are_there()
    {
        var domain = await _system.CreateAsync(await _system.OrganizationAsync(), "paths.test", "track.paths.test");
        Assert.Null((await TrackingAsync())!.Host);
        _system.Publish(domain);
        await _system.VerifyAsync(domain);
        Assert.Equal("track.paths.test", (await TrackingAsync())!.Host);
        Assert.True(await database.ValueAsync<bool>("select return_path_verified from domains where id = $1", domain.Id.Value));

        _system.Dns.Zone.Remove("track.paths.test").Remove("mail.paths.test");
        await _system.VerifyAsync(domain);

        Assert.Null((await TrackingAsync())!.Host);
        Assert.False(await database.ValueAsync<bool>("select return_path_verified from domains where id = $1", domain.Id.Value));

        Task<DomainTracking?> TrackingAsync() => _system.Store.TrackingAsync(domain.Organization, domain.Id, default);
    }

    [Fact]
    public async Task Due_domains_are_handed_out_once_and_again_when_the_lease_is_over()
    {
        var domain = await _system.CreateAsync(await _system.OrganizationAsync(), "due.test");
        Assert.DoesNotContain(await ClaimAsync(), lease => lease.Domain.Id == domain.Id);
        await _system.AgeAsync(domain, TimeSpan.FromMinutes(5));

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ClaimAsync()));
        Assert.Single(claims.SelectMany(leases => leases), lease => lease.Domain.Id == domain.Id);

        await _system.AgeAsync(domain, TimeSpan.FromMinutes(1));
        Assert.Single(await ClaimAsync(), lease => lease.Domain.Id == domain.Id);

        Task<List<DomainCheckLease>> ClaimAsync() => _system.CheckStore.ClaimDueAsync(100, TimeSpan.FromMinutes(1), default);
    }

    [Fact]
    public async Task A_check_that_lost_its_lease_changes_nothing()
    {
        var domain = await _system.CreateAsync(await _system.OrganizationAsync(), "late.test");
        _system.Publish(domain);
        var late = (await _system.CheckStore.BeginAsync(domain.Organization, domain.Id, default))!;
        await _system.CheckStore.BeginAsync(domain.Organization, domain.Id, default);

        await _system.Check.CheckAsync(late, default);

        Assert.Equal((DomainStatus.Pending, (DateTimeOffset?)null), ((await _system.FindAsync(domain)).Status, (await _system.FindAsync(domain)).LastCheckedAt));
    }

    [Fact]
    public async Task A_domain_of_another_organization_cannot_be_checked()
    {
        var domain = await _system.CreateAsync(await _system.OrganizationAsync(), "foreign.test");

        Assert.IsType<CheckDomainOutcome.NotFound>(await _system.Check.VerifyAsync(await _system.OrganizationAsync(), domain.Id, default));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _system.DisposeAsync();
}
