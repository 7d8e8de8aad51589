using Mail.Protocol.Bounces;
using Mail.Worker.Delivery;

namespace Mail.Worker.Tests.Delivery;

public sealed class RetryScheduleTests
{
    private static readonly RetryOptions Defaults = new();
    private static readonly TimeSpan Plenty = TimeSpan.FromDays(2);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 9)]
    [InlineData(4, 27)]
    [InlineData(5, 81)]
    [InlineData(6, 240)]
    [InlineData(1000, 240)]
    public void The_wait_grows_with_each_attempt_to_a_limit(int attempts, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), RetrySchedule.Next(Defaults, BounceClass.Undetermined, attempts, TimeSpan.Zero, Plenty, 0.5));

    [Fact]
    public void An_old_item_waits_longer_than_its_attempts_say() =>
        Assert.Equal(TimeSpan.FromMinutes(60), RetrySchedule.Next(Defaults, BounceClass.Undetermined, 1, TimeSpan.FromHours(4), Plenty, 0.5));

    [Theory]
    [InlineData(0.0, 51)]
    [InlineData(1.0, 69)]
    public void The_wait_is_spread_by_chance(double random, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetrySchedule.Next(Defaults, BounceClass.Undetermined, 1, TimeSpan.Zero, Plenty, random));

    [Fact]
    public void The_last_attempt_comes_just_before_the_deadline() =>
        Assert.Equal(TimeSpan.FromSeconds(295), RetrySchedule.Next(Defaults, BounceClass.Undetermined, 3, TimeSpan.Zero, TimeSpan.FromMinutes(5), 0.5));

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(30)]
    public void Without_time_for_another_attempt_there_is_none(int secondsLeft) =>
        Assert.Null(RetrySchedule.Next(Defaults, BounceClass.Undetermined, 1, TimeSpan.Zero, TimeSpan.FromSeconds(secondsLeft), 0.5));

    [Theory]
    [InlineData(BounceClass.Greylisted, 1)]
    [InlineData(BounceClass.RateLimited, 5)]
    [InlineData(BounceClass.Reputation, 15)]
    [InlineData(BounceClass.MailboxFull, 30)]
    [InlineData(BounceClass.Network, 1)]
    public void The_first_wait_is_as_long_as_the_reason_takes_to_pass(BounceClass reason, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), RetrySchedule.Next(Defaults, reason, 1, TimeSpan.Zero, Plenty, 0.5));
}
