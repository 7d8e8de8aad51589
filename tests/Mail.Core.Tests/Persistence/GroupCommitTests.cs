using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Tests.Persistence;

public sealed class GroupCommitTests
{
    private static readonly GroupCommitLimits OneWriter = new(Writers: 1, MaxBatch: 100, MaxBatchBytes: 1_000, MaxWaiting: 1_000);

    [Fact]
    public async Task Items_that_wait_during_a_commit_share_the_next_one()
    {
        var first = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var batches = new List<int>();
        var commits = new GroupCommit<int, int>(OneWriter, _ => 1, async batch =>
        {
            batches.Add(batch.Count);
            started.TrySetResult();
            await first.Task;
            return [.. batch.Select(item => item * 2)];
        });
        var running = commits.RunAsync();
        var results = new List<Task<int>> { commits.TryCommitAsync(0)! };
        await started.Task;
        results.AddRange(Enumerable.Range(1, 50).Select(i => commits.TryCommitAsync(i)!));
        first.SetResult();

        Assert.Equal(Enumerable.Range(0, 51).Select(i => i * 2), await Task.WhenAll(results));
        Assert.Equal([1, 50], batches);
        commits.Complete();
        await running;
    }

    [Fact]
    public async Task A_bad_row_harms_only_itself()
    {
        var commits = new GroupCommit<int, int>(OneWriter, _ => 1, batch =>
            batch.Contains(3)
                ? throw new PostgresException("bad", "ERROR", "ERROR", PostgresErrorCodes.CheckViolation)
                : Task.FromResult<IReadOnlyList<int>>([.. batch]));
        var results = Enumerable.Range(0, 6).Select(i => commits.TryCommitAsync(i)!).ToList();
        commits.Complete();
        await commits.RunAsync();

        Assert.Equal([0, 1, 2, 4, 5], results.Where(result => result.IsCompletedSuccessfully).Select(result => result.Result));
        await Assert.ThrowsAsync<PostgresException>(() => results[3]);
    }

    [Fact]
    public async Task A_lost_database_fails_the_batch_and_the_next_one_is_tried()
    {
        var calls = 0;
        var commits = new GroupCommit<int, int>(OneWriter with { MaxBatch = 1 }, _ => 1, batch =>
            ++calls == 1 ? throw new NpgsqlException("away") : Task.FromResult<IReadOnlyList<int>>([.. batch]));
        var lost = commits.TryCommitAsync(1)!;
        var stored = commits.TryCommitAsync(2)!;
        commits.Complete();
        await commits.RunAsync();

        await Assert.ThrowsAsync<NpgsqlException>(() => lost);
        Assert.Equal(2, await stored);
    }

    [Fact]
    public void Refuses_at_once_when_too_much_is_waiting()
    {
        var commits = new GroupCommit<int, int>(OneWriter with { MaxWaiting = 2 }, _ => 1, batch => Task.FromResult<IReadOnlyList<int>>([.. batch]));
        Assert.NotNull(commits.TryCommitAsync(1));
        Assert.NotNull(commits.TryCommitAsync(2));
        Assert.Null(commits.TryCommitAsync(3));
    }

    [Fact]
    public async Task What_belongs_together_is_one_transaction_however_much_it_is()
    {
        var batches = new List<int>();
        var commits = new GroupCommit<int, int>(OneWriter with { MaxBatch = 10 }, _ => 400, batch =>
        {
            batches.Add(batch.Count);
            return Task.FromResult<IReadOnlyList<int>>([.. batch.Select(item => item * 2)]);
        });
        var first = commits.TryCommitAsync(0)!;
        var together = commits.TryCommitAsync(Enumerable.Range(1, 50).ToList())!;
        var last = commits.TryCommitAsync(51)!;
        Assert.Empty(commits.TryCommitAsync(Array.Empty<int>())!);
        commits.Complete();
        await commits.RunAsync();

        Assert.Equal(Enumerable.Range(0, 52).Select(item => item * 2), await Task.WhenAll([first, .. together, last]));
        Assert.Equal([51, 1], batches);
    }

    [Fact]
    public async Task Items_that_belong_together_are_counted_one_by_one_while_they_wait()
    {
        var commits = new GroupCommit<int, int>(OneWriter with { MaxWaiting = 3 }, _ => 1, batch => Task.FromResult<IReadOnlyList<int>>([.. batch]));
        var large = commits.TryCommitAsync([1, 2, 3, 4])!;
        Assert.Null(commits.TryCommitAsync(5));
        Assert.Null(commits.TryCommitAsync([6, 7]));
        commits.Complete();
        await commits.RunAsync();
        Assert.Equal(new[] { 1, 2, 3, 4 }, await Task.WhenAll(large));
    }

    [Fact]
    public async Task Large_items_do_not_pile_up_in_one_transaction()
    {
        var batches = new List<int>();
        var commits = new GroupCommit<int, int>(OneWriter, _ => 400, batch =>
        {
            batches.Add(batch.Count);
            return Task.FromResult<IReadOnlyList<int>>([.. batch]);
        });
        for (var i = 0; i < 6; i++)
            _ = commits.TryCommitAsync(i);
        commits.Complete();
        await commits.RunAsync();
        Assert.Equal([3, 3], batches);
    }
}
