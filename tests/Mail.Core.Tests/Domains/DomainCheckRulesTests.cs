using Mail.Core.Domains;

namespace Mail.Core.Tests.Domains;

public sealed class DomainCheckRulesTests
{
    private static readonly DateTimeOffset _start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DomainState _pending = new(DomainStatus.Pending, _start, 0, null, false, null);
    private static readonly DomainState _verified = _pending with { Status = DomainStatus.Verified };

    [Theory]
    [InlineData(0, 5)]
    [InlineData(71, 5)]
    [InlineData(72, 24 * 60)]
    [InlineData(1000, 24 * 60)]
    public void Pending_domains_are_checked_every_five_minutes_for_three_days_then_daily(int hours, int minutes)
    {
        var next = DomainCheckRules.Next(_pending, CheckVerdict.Broken, _start.AddHours(hours));

        Assert.Equal((DomainStatus.Pending, TimeSpan.FromMinutes(minutes)), (next.Status, next.NextCheck));
    }

    [Theory]
    [InlineData(DomainStatus.Pending)]
    [InlineData(DomainStatus.Verified)]
    [InlineData(DomainStatus.Failed)]
    public void Good_records_verify_and_are_checked_daily(DomainStatus before)
    {
        var next = DomainCheckRules.Next(_verified with { Status = before, Failures = 2, FailingSince = _start }, CheckVerdict.Good, _start);

        Assert.Equal(new DomainTransition(DomainStatus.Verified, 0, null, TimeSpan.FromDays(1)), next);
    }

    [Fact]
    public void A_verified_domain_fails_at_the_third_failure_a_day_after_the_first()
    {
        var statuses = new List<DomainStatus>();
        var (state, now) = (_verified, _start);
        for (var i = 0; i < 3; i++)
        {
            var next = DomainCheckRules.Next(state, CheckVerdict.Broken, now);
            statuses.Add(next.Status);
            state = state with { Status = next.Status, Failures = next.Failures, FailingSince = next.FailingSince };
            now += next.NextCheck!.Value;
        }

        Assert.Equal([DomainStatus.Verified, DomainStatus.Verified, DomainStatus.Failed], statuses);
        Assert.Equal((0, null), (state.Failures, state.FailingSince));
    }

    [Fact]
    public void Many_failures_within_a_day_do_not_fail_a_domain()
    {
        var state = _verified;
        for (var minute = 0; minute < 24 * 60; minute += 10)
        {
            var next = DomainCheckRules.Next(state, CheckVerdict.Broken, _start.AddMinutes(minute));
            state = state with { Failures = next.Failures, FailingSince = next.FailingSince };
            Assert.Equal(DomainStatus.Verified, next.Status);
        }
    }

    [Fact]
    public void Two_failures_do_not_fail_a_domain_however_far_apart()
    {
        var next = DomainCheckRules.Next(_verified with { Failures = 1, FailingSince = _start }, CheckVerdict.Broken, _start.AddDays(30));

        Assert.Equal(DomainStatus.Verified, next.Status);
    }

    [Fact]
    public void Silence_of_name_servers_is_no_failure_and_no_success()
    {
        var failing = _verified with { Failures = 2, FailingSince = _start };

        var next = DomainCheckRules.Next(failing, CheckVerdict.Unknown, _start.AddDays(3));

        Assert.Equal(new DomainTransition(DomainStatus.Verified, 2, _start, TimeSpan.FromMinutes(15)), next);
        Assert.Equal(DomainStatus.Pending, DomainCheckRules.Next(_pending, CheckVerdict.Unknown, _start).Status);
        Assert.Equal(DomainStatus.Failed, DomainCheckRules.Next(_pending with { Status = DomainStatus.Failed }, CheckVerdict.Unknown, _start).Status);
    }

    [Fact]
    public void A_new_key_is_looked_for_every_five_minutes_while_it_is_new()
    {
        var rotating = _verified with { RotatingSince = _start };

        Assert.Equal(TimeSpan.FromMinutes(5), DomainCheckRules.Next(rotating, CheckVerdict.Good, _start.AddHours(1)).NextCheck);
        Assert.Equal(TimeSpan.FromDays(1), DomainCheckRules.Next(rotating, CheckVerdict.Good, _start.AddHours(73)).NextCheck);
    }

    [Theory]
    [InlineData(CheckVerdict.Good)]
    [InlineData(CheckVerdict.Broken)]
    public void A_domain_the_operator_vouches_for_stays_as_it_is(CheckVerdict verdict) =>
        Assert.Equal(new DomainTransition(DomainStatus.Verified, 0, null, null),
            DomainCheckRules.Next(_verified with { IsVouched = true }, verdict, _start.AddYears(1)));
}
