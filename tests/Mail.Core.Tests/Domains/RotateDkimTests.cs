using Mail.Core.Domains;

namespace Mail.Core.Tests.Domains;

public sealed class RotateDkimTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly DomainSystem _system = new(database);

    [Fact]
    public async Task The_new_key_signs_when_its_record_is_seen_and_the_old_one_stays_for_a_week()
    {
        var domain = await _system.VerifiedAsync(await _system.OrganizationAsync(), "rotates.test");

        var rotating = await RotateAsync(domain);
        Assert.Equal(["ms1 active", "ms2 pending"], States(rotating));
        Assert.Equal(["ms1 active", "ms2 pending"], States(await _system.VerifyAsync(domain)));
        Assert.Equal("ms1", (await _system.Keys.ActiveAsync(domain.Organization, domain.Name, default)).Single().Selector);

        _system.Publish(rotating);
        var rotated = await _system.VerifyAsync(domain);
        Assert.Equal(["ms1 retiring", "ms2 active"], States(rotated));
        Assert.Equal("ms2", (await _system.Keys.ActiveAsync(domain.Organization, domain.Name, default)).Single().Selector);
        Assert.Equal([false, true], _system.Records.Of(rotated).Take(2).Select(record => record.IsRequired));
        Assert.Equal(7.0, (rotated.Keys[0].RetiresAt!.Value - DateTimeOffset.UtcNow).TotalDays, 0.01);

        await database.ExecuteAsync("update dkim_keys set retires_at = now() where domain_id = $1 and selector = 'ms1'", domain.Id.Value);
        Assert.Equal(["ms2 active"], States(await _system.VerifyAsync(domain)));
        Assert.Equal(["ms2 active", "ms1 pending"], States(await RotateAsync(domain)));
    }

    [Fact]
    public async Task The_old_record_may_be_replaced_at_once()
    {
        var domain = await _system.VerifiedAsync(await _system.OrganizationAsync(), "replaced.test");
        _system.Publish(await RotateAsync(domain));
        _system.Dns.Zone.Remove("ms1._domainkey.replaced.test");

        var rotated = await _system.VerifyAsync(domain);

        Assert.Equal(DomainStatus.Verified, rotated.Status);
        Assert.Equal(["ms1 retiring", "ms2 active"], States(rotated));
    }

    [Fact]
    public async Task Asking_twice_makes_one_key()
    {
        var domain = await _system.VerifiedAsync(await _system.OrganizationAsync(), "twice.test");

        var rotations = await Task.WhenAll(RotateAsync(domain), RotateAsync(domain), RotateAsync(domain));

        Assert.Single(rotations.Select(rotation => rotation.Keys[1].PublicRecord).Distinct());
    }

    [Fact]
    public async Task A_domain_is_not_rotated_before_it_is_verified_nor_while_the_last_rotation_ends()
    {
        var organization = await _system.OrganizationAsync();
        var pending = await _system.CreateAsync(organization, "early.test");
        var domain = await _system.VerifiedAsync(organization, "again.test");
        _system.Publish(await RotateAsync(domain));
        await _system.VerifyAsync(domain);

        Assert.Contains("pending", Assert.IsType<DomainChange.NotNow>(await _system.Rotate.RunAsync(organization, pending.Id, default)).Why, StringComparison.Ordinal);
        Assert.Contains("'ms1'", Assert.IsType<DomainChange.NotNow>(await _system.Rotate.RunAsync(organization, domain.Id, default)).Why, StringComparison.Ordinal);
        Assert.IsType<DomainChange.NotFound>(await _system.Rotate.RunAsync(await _system.OrganizationAsync(), domain.Id, default));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _system.DisposeAsync();

    private async Task<SendingDomain> RotateAsync(SendingDomain domain) =>
        Assert.IsType<DomainChange.Done>(await _system.Rotate.RunAsync(domain.Organization, domain.Id, default)).Domain;

    private static string[] States(SendingDomain domain) =>
        [.. domain.Keys.Select(key => $"{key.Selector} {(key.IsActive ? "active" : key.IsPending ? "pending" : "retiring")}")];
}
