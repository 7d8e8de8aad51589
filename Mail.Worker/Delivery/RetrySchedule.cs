using Mail.Protocol.Bounces;

namespace Mail.Worker.Delivery;

/// <summary>When to try again, from what is known about the item alone: a restart changes nothing.</summary>
internal static class RetrySchedule
{
    // The last attempt is made this long before the deadline, so that it is over by then.
    private static readonly TimeSpan LastCall = TimeSpan.FromSeconds(5);

    /// <summary>The wait before the next attempt; null when there is no time left for one.</summary>
    /// <param name="options">The schedule.</param>
    /// <param name="reason">Why the last attempt failed.</param>
    /// <param name="attempts">Attempts made so far, at least 1.</param>
    /// <param name="age">How long ago the item was accepted.</param>
    /// <param name="timeLeft">What is left until its deadline.</param>
    /// <param name="random">0 to 1.</param>
    public static TimeSpan? Next(RetryOptions options, BounceClass reason, int attempts, TimeSpan age, TimeSpan timeLeft, double random)
    {
        if (timeLeft <= TimeSpan.Zero)
            return null;
        var usual = Wait(options, attempts, age);
        var least = LeastAfter(options, reason);
        var wait = Jittered(options, usual > least ? usual : least, random);
        if (wait <= timeLeft - LastCall)
            return wait;
        var last = timeLeft - LastCall;
        return last >= options.First / 2 ? last : null;
    }

    /// <summary>Some reasons do not pass quickly, and asking again makes them worse.</summary>
    public static TimeSpan LeastAfter(RetryOptions options, BounceClass reason) => reason switch
    {
        BounceClass.MailboxFull => options.MailboxFull,
        BounceClass.RateLimited => options.RateLimited,
        BounceClass.Reputation or BounceClass.Authentication or BounceClass.Policy or BounceClass.SpamContent => options.Reputation,
        _ => TimeSpan.Zero,
    };

    // By attempts, and by age: an item whose attempts take long does not come back as often as a fresh one.
    private static TimeSpan Wait(RetryOptions options, int attempts, TimeSpan age)
    {
        var byAttempts = options.First * Math.Min(Math.Pow(options.Growth, attempts - 1), options.Longest / options.First);
        var byAge = age / 4;
        var longer = byAttempts > byAge ? byAttempts : byAge;
        return longer < options.Longest ? longer : options.Longest;
    }

    private static TimeSpan Jittered(RetryOptions options, TimeSpan wait, double random) =>
        wait * (1 + options.Jitter * (2 * random - 1));
}
