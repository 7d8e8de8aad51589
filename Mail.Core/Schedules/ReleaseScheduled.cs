using Mail.Core.Messages;
using Mail.Core.Queue;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Mail.Core.Schedules;

/// <summary>
/// Lets scheduled messages go when their moment has come, by the time of the database. All checks are made again: what may
/// not be sent now fails, what a limit holds back waits for it.
/// </summary>
public sealed class ReleaseScheduled(
    NpgsqlDataSource database, AcceptChecks checks, QueueSignal signal, IOptions<AcceptOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(24);
    private static readonly TimeSpan PauseWait = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Releases up to <paramref name="count"/> messages in one transaction. A release and a cancellation lock the message, so
    /// that exactly one of them happens. Returns how many were due, and how long it is until the next.
    /// </summary>
    public async Task<(int Count, TimeSpan? UntilNext)> ReleaseDueAsync(int count, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var due = await ReleaseStatements.LockDueAsync(connection, count, Patience, cancellationToken);
        if (due.Count > 0)
            await WriteAsync(connection, await JudgeAsync(due, cancellationToken), cancellationToken);
        var next = await ReleaseStatements.UntilNextAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (due.Count > 0)
            signal.Notify();
        return (due.Count, next);
    }

    private async Task<Verdicts> JudgeAsync(List<DueMessage> due, CancellationToken cancellationToken)
    {
        var verdicts = new Verdicts([], [], []);
        foreach (var item in due)
        {
            if (item.IsCalledOff)
            {
                verdicts.Ended.Add(new EndedSchedule(item, "canceled"));
                continue;
            }
            switch (await checks.AdmitAsync(item.Pending.Caller, item.Pending.Message, cancellationToken))
            {
                case CheckOutcome.Passed passed:
                    verdicts.Released.Add(item with { Pending = item.Pending with { Message = passed.Message } });
                    break;
                case CheckOutcome.Refused(var reason) when WaitFor(reason) is { } wait && !item.IsLate:
                    verdicts.Postponed.Add((item, wait));
                    break;
                case CheckOutcome.Refused(var reason):
                    var (code, error) = Explain(reason);
                    verdicts.Ended.Add(new EndedSchedule(item, "failed", code, error));
                    break;
                default:
                    throw new InvalidOperationException("No outcome of the checks.");
            }
        }
        return verdicts;
    }

    private async Task WriteAsync(NpgsqlConnection connection, Verdicts verdicts, CancellationToken cancellationToken)
    {
        var pendings = await AcceptSuppressionStatements.ApplyAsync(connection, verdicts.Released.ConvertAll(item => item.Pending), cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in ReleaseStatements.Release([.. pendings], options.Value.RetryFor, clock))
            batch.BatchCommands.Add(command);
        foreach (var command in ReleaseStatements.Fail(verdicts.Ended.FindAll(end => end.Code is not null)))
            batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(ReleaseStatements.End([.. verdicts.Released.Select(item => new EndedSchedule(item, "released")), .. verdicts.Ended]));
        batch.BatchCommands.Add(ReleaseStatements.Postpone(verdicts.Postponed));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Null for what waiting does not mend.</summary>
    private static TimeSpan? WaitFor(AcceptOutcome.Refusal reason) => reason switch
    {
        AcceptOutcome.QuotaExceeded quota => quota.RetryAfter,
        AcceptOutcome.SendingPaused => PauseWait,
        _ => null,
    };

    private static (string Code, string Error) Explain(AcceptOutcome.Refusal reason) => reason switch
    {
        AcceptOutcome.DomainNotVerified missing => ("domain_not_verified", $"The domain '{missing.Domain}' is no longer verified."),
        AcceptOutcome.PaymentRequired => ("payment_required", "The free messages of the month are used up, and there is no payment method."),
        AcceptOutcome.SpendCapReached => ("spend_cap_reached", "The spend cap of the month is reached."),
        AcceptOutcome.QuotaExceeded => ("quota_exceeded", "The sending limit left no room for it within a day."),
        AcceptOutcome.SendingPaused => ("sending_paused", "Sending was paused for longer than a day."),
        _ => throw new InvalidOperationException($"A released message was refused for {reason.GetType().Name}."),
    };

    private sealed record Verdicts(List<DueMessage> Released, List<EndedSchedule> Ended, List<(DueMessage, TimeSpan)> Postponed);
}
