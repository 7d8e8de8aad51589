using Mail.Core.Domains;
using Mail.Core.Domains.Records;
using Mail.Core.Organizations;

namespace Mail.Core.Tests.Domains;

/// <summary>Who has a name when several organizations want it, and what does not help to get it.</summary>
public sealed class OwnershipTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly DomainSystem _system = new(database);
    private OrganizationId _first;
    private OrganizationId _second;

    [Fact]
    public async Task Names_added_by_others_but_never_verified_block_nobody()
    {
        var squatted = await _system.CreateAsync(_first, "squatted.test");

        var real = await _system.VerifiedAsync(_second, "squatted.test");

        Assert.Equal(DomainStatus.Pending, (await _system.VerifyAsync(squatted)).Status);
        Assert.Equal(DomainStatus.Verified, (await _system.FindAsync(real)).Status);
    }

    [Fact]
    public async Task Records_that_are_the_same_for_everybody_prove_nothing()
    {
        var squatted = await _system.CreateAsync(_first, "samevalues.test");
        await _system.VerifiedAsync(_second, "samevalues.test");

        var looked = await _system.VerifyAsync(squatted);

        var records = _system.Records.WithChecks(looked).ToDictionary(record => record.Expected.Purpose, record => record.Status);
        Assert.Equal((RecordStatus.Verified, RecordStatus.Verified, RecordStatus.Failed),
            (records[RecordPurpose.MailFrom], records[RecordPurpose.Spf], records[RecordPurpose.Dkim]));
        Assert.Equal(DomainStatus.Pending, looked.Status);
    }

    [Fact]
    public async Task Records_of_a_second_organization_do_not_verify_while_the_name_is_owned()
    {
        var late = await _system.CreateAsync(_second, "owned.test");
        var owner = await _system.VerifiedAsync(_first, "owned.test");
        _system.Publish(late);

        Assert.IsType<CheckDomainOutcome.HeldByAnother>(await _system.Check.VerifyAsync(_second, late.Id, default));

        Assert.Equal(DomainStatus.Pending, (await _system.FindAsync(late)).Status);
        Assert.Equal(DomainStatus.Verified, (await _system.FindAsync(owner)).Status);
    }

    [Fact]
    public async Task A_name_that_is_owned_is_refused_and_its_proof_told()
    {
        await _system.VerifiedAsync(_first, "told.test");

        var held = Assert.IsType<DomainChange.HeldByAnother>(await _system.TryCreateAsync(_second, "told.test"));

        Assert.Equal("_mail-claim.told.test", held.Proof.Name);
        Assert.Matches("^mail-claim=[0-9a-z]{32}$", held.Proof.Value);
    }

    [Fact]
    public async Task A_published_proof_moves_the_name_and_tells_the_one_that_lost_it()
    {
        var old = await _system.VerifiedAsync(_first, "moves.test");
        _system.Publish(_system.Proof.RecordFor(_second, "moves.test"));

        var moved = await _system.VerifiedAsync(_second, "moves.test");

        Assert.Equal((DomainStatus.Disabled, DisabledReason.Claimed), await StateAsync(old));
        Assert.Equal("mail.domain.failed", (await _system.EventsAsync(old))[^1]);
        Assert.Null(await _system.Senders.FindVerifiedAsync(_first, "moves.test", default));
        Assert.Equal(moved.Id, await _system.Senders.FindVerifiedAsync(_second, "moves.test", default));
        Assert.Empty(await _system.Keys.ActiveAsync(_first, "moves.test", default));
    }

    [Fact]
    public async Task A_domain_that_waits_can_be_claimed_too()
    {
        var waiting = await _system.CreateAsync(_second, "waits.test");
        var old = await _system.VerifiedAsync(_first, "waits.test");
        Assert.IsType<DomainChange.HeldByAnother>(await _system.Claim.RunAsync(_second, waiting.Id, default));

        _system.Publish(_system.Proof.RecordFor(_second, "waits.test"));

        Assert.IsType<DomainChange.Done>(await _system.Claim.RunAsync(_second, waiting.Id, default));
        Assert.Equal((DomainStatus.Disabled, DisabledReason.Claimed), await StateAsync(old));
    }

    [Fact]
    public async Task Nobody_elses_proof_helps()
    {
        var owner = await _system.VerifiedAsync(_first, "proof.test");
        _system.Publish(_system.Proof.RecordFor(await _system.OrganizationAsync(), "proof.test"));
        _system.Publish(_system.Proof.RecordFor(_second, "another.test") with { Name = "_mail-claim.proof.test" });
        _system.Publish(_system.Proof.RecordFor(_first, "proof.test"));

        Assert.IsType<DomainChange.HeldByAnother>(await _system.TryCreateAsync(_second, "proof.test"));
        Assert.Equal(DomainStatus.Verified, (await _system.FindAsync(owner)).Status);
    }

    [Fact]
    public async Task The_one_that_lost_a_name_gets_it_back_only_by_a_proof_of_its_own()
    {
        var old = await _system.VerifiedAsync(_first, "back.test");
        _system.Publish(_system.Proof.RecordFor(_second, "back.test"));
        await _system.VerifiedAsync(_second, "back.test");
        _system.Publish(old);

        Assert.IsType<CheckDomainOutcome.NotFound>(await _system.Check.VerifyAsync(_first, old.Id, default));
        Assert.IsType<DomainChange.HeldByAnother>(await _system.Claim.RunAsync(_first, old.Id, default));
        Assert.IsType<DomainChange.AlreadyThere>(await _system.TryCreateAsync(_first, "back.test"));

        _system.Publish(_system.Proof.RecordFor(_first, "back.test"));
        Assert.IsType<DomainChange.Done>(await _system.Claim.RunAsync(_first, old.Id, default));
        Assert.Equal(DomainStatus.Verified, (await _system.VerifyAsync(old)).Status);
    }

    [Fact]
    public async Task What_the_operator_switched_off_stays_off_for_everybody()
    {
        var off = await _system.VerifiedAsync(_first, "off.test");
        Assert.True(await _system.Changes.DisableAsync("off.test", default));
        _system.Publish(_system.Proof.RecordFor(_second, "off.test"));

        Assert.IsType<DomainChange.Blocked>(await _system.TryCreateAsync(_second, "off.test"));
        Assert.IsType<DomainChange.Blocked>(await _system.Delete.RunAsync(_first, off.Id, default));
        Assert.IsType<DomainChange.Blocked>(await _system.Claim.RunAsync(_first, off.Id, default));
        Assert.IsType<CheckDomainOutcome.NotFound>(await _system.Check.VerifyAsync(_first, off.Id, default));
        Assert.Null(await _system.Senders.FindVerifiedAsync(_first, "off.test", default));
        Assert.Empty(await _system.Keys.ActiveAsync(_first, "off.test", default));

        Assert.True(await _system.Changes.EnableAsync("off.test", default));
        Assert.Equal(DomainStatus.Verified, (await _system.VerifyAsync(off)).Status);
    }

    [Fact]
    public async Task A_deleted_name_is_free_and_its_old_record_is_worth_nothing()
    {
        var old = await _system.VerifiedAsync(_first, "free.test");
        Assert.IsType<DomainChange.Done>(await _system.Delete.RunAsync(_first, old.Id, default));

        var again = await _system.CreateAsync(_first, "free.test");

        Assert.Equal(DomainStatus.Pending, (await _system.VerifyAsync(again)).Status);
        Assert.Equal(["mail.domain.created", "mail.domain.verified", "mail.domain.deleted"], await _system.EventsAsync(old));
    }

    [Fact]
    public async Task Of_many_at_once_one_becomes_the_owner()
    {
        var domains = new List<SendingDomain>();
        for (var i = 0; i < 6; i++)
            domains.Add(await _system.CreateAsync(await _system.OrganizationAsync(), "race.test"));
        var leases = new List<DomainCheckLease>();
        foreach (var domain in domains)
            leases.Add((await _system.CheckStore.BeginAsync(domain.Organization, domain.Id, default))!);
        var good = new DomainFindings(CheckVerdict.Good, [], [], null, true, null);

        var outcomes = await Task.WhenAll(leases.Select(lease => _system.CheckStore.RecordAsync(lease, good, default)));

        Assert.Equal(5, outcomes.Count(outcome => outcome == DomainCheckOutcome.Held));
        Assert.Equal(1, outcomes.Count(outcome => outcome == DomainCheckOutcome.Kept));
    }

    [Fact]
    public async Task An_organization_has_a_name_once_and_a_bounded_number_of_them()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _system.TryCreateAsync(_first, "once.test")));
        Assert.Single(results.OfType<DomainChange.Done>());
        Assert.Equal(3, results.OfType<DomainChange.AlreadyThere>().Count());

        var more = await Task.WhenAll(Enumerable.Range(2, 5).Select(i => _system.TryCreateAsync(_first, $"number{i}.test")));
        Assert.Equal(2, more.OfType<DomainChange.Done>().Count());
        Assert.All(more.OfType<DomainChange.TooMany>(), refused => Assert.Equal(3, refused.Max));
    }

    public async Task InitializeAsync() => (_first, _second) = (await _system.OrganizationAsync(), await _system.OrganizationAsync());

    public async Task DisposeAsync() => await _system.DisposeAsync();

    private async Task<(DomainStatus, DisabledReason?)> StateAsync(SendingDomain domain)
    {
        var now = await _system.FindAsync(domain);
        return (now.Status, now.DisabledReason);
    }
}
