using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.Organizations;

namespace Mail.Core.Tests.Ids;

public sealed class PrefixedIdTests
{
    [Fact]
    public void Text_comes_back_as_the_same_id()
    {
        var id = PrefixedId.New<MessageId>(TimeProvider.System);
        Assert.True(PrefixedId.TryParse<MessageId>(id.ToString(), out var parsed));
        Assert.Equal(id, parsed);
        Assert.StartsWith("msg_", id.ToString());
    }

    [Fact]
    public void Text_sorts_as_the_ids_were_made()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var texts = Enumerable.Range(0, 100).Select(i => new MessageId(Guid.CreateVersion7(start.AddMilliseconds(i))).ToString()).ToList();
        Assert.Equal(texts.Order(StringComparer.Ordinal), texts);
    }

    [Fact]
    public void Ids_of_one_millisecond_sort_in_the_order_they_were_made()
    {
        var clock = new StoppedClock(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var sequence = new IdSequence();
        var ids = Enumerable.Range(0, 10_000).Select(_ => sequence.Next(clock)).ToList();
        Assert.Equal(ids.Select(id => id.ToString()).Order(StringComparer.Ordinal), ids.Select(id => id.ToString()));
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal((7, 8), (id.Version, id.Variant & 0xC)));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(),
            Convert.ToInt64(ids[0].ToString("N")[..12], 16));
    }

    [Fact]
    public void Ids_made_on_several_threads_are_all_different()
    {
        var ids = Enumerable.Range(0, 50_000).AsParallel().Select(_ => PrefixedId.New<MessageId>(TimeProvider.System)).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    [Theory]
    [InlineData("")]
    [InlineData("msg_")]
    [InlineData("msg_0000000000000000000000000")]
    [InlineData("msg_000000000000000000000000000")]
    [InlineData("msg_80000000000000000000000000")]
    [InlineData("msg_0000000000000000000000000u")]
    [InlineData("msg_0000000000000000000000000A")]
    [InlineData("org_00000000000000000000000000")]
    [InlineData("msg-00000000000000000000000000")]
    public void Anything_else_is_no_id(string text) => Assert.False(PrefixedId.TryParse<MessageId>(text, out _));

    [Fact]
    public void Ids_of_other_kinds_are_refused() =>
        Assert.False(PrefixedId.TryParse<MessageId>(PrefixedId.New<OrganizationId>(TimeProvider.System).ToString(), out _));

    [Fact]
    public void Base_32_carries_every_byte_and_has_one_spelling()
    {
        for (var length = 1; length < 40; length++)
        {
            var bytes = Enumerable.Range(0, length).Select(i => (byte)(i * 37 + length)).ToArray();
            var text = Base32.Write(bytes);
            var read = new byte[length];
            Assert.True(Base32.TryRead(text.ToUpperInvariant(), read));
            Assert.Equal(bytes, read);
            Assert.False(Base32.TryRead(text + "0", read));
        }
    }
}
