using Mail.Core.Memory;

namespace Mail.Core.Tests.Memory;

public sealed class MemoryRoomTests
{
    [Fact]
    public async Task What_finds_no_room_waits_in_order()
    {
        var room = new MemoryRoom(10);
        using var cut = new CancellationTokenSource();

        var first = await room.TakeAsync("a", 6, CancellationToken.None);
        var second = room.TakeAsync("a", 6, cut.Token).AsTask();
        var third = room.TakeAsync("a", 40, CancellationToken.None).AsTask();
        var fourth = room.TakeAsync("a", 6, CancellationToken.None).AsTask();
        await cut.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(third.IsCompleted || fourth.IsCompleted);

        // What is given back twice counts once; what is larger than the room goes alone.
        first.Dispose();
        first.Dispose();
        using (await third)
            Assert.False(fourth.IsCompleted);
        (await fourth).Dispose();
    }

    [Fact]
    public async Task Who_gives_up_lets_those_behind_pass()
    {
        var room = new MemoryRoom(10);
        using var cut = new CancellationTokenSource();

        using var first = await room.TakeAsync("a", 6, CancellationToken.None);
        var second = room.TakeAsync("b", 6, cut.Token).AsTask();
        var third = room.TakeAsync("c", 3, CancellationToken.None).AsTask();
        Assert.False(third.IsCompleted);
        await cut.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        (await third.WaitAsync(TimeSpan.FromSeconds(10))).Dispose();
    }

    [Fact]
    public async Task Nobody_takes_more_than_is_left_for_others()
    {
        var room = new MemoryRoom(16);

        var many = Enumerable.Range(0, 10).Select(_ => room.TakeAsync("many", 3, CancellationToken.None).AsTask()).ToList();
        var others = new[] { "a", "b" }.Select(owner => room.TakeAsync(owner, 3, CancellationToken.None)).ToList();
        Assert.True(others.TrueForAll(other => other.IsCompletedSuccessfully));
        Assert.Equal(3, many.Count(taken => taken.IsCompletedSuccessfully));

        // Its own go on when there is more room again.
        foreach (var other in others)
            (await other).Dispose();
        (await many[0]).Dispose();
        (await many[3]).Dispose();
    }
}
