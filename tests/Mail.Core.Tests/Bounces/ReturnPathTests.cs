using Mail.Core.Bounces;
using Mail.Core.Ids;
using Mail.Core.Messages;

namespace Mail.Core.Tests.Bounces;

public sealed class ReturnPathTests
{
    private static readonly byte[] Key = new byte[32];
    private readonly MessageId _message = PrefixedId.New<MessageId>(TimeProvider.System);

    [Theory]
    [InlineData((short)0)]
    [InlineData((short)49)]
    [InlineData(null)]
    public void Leads_back_to_message_and_recipient(short? recipient)
    {
        var paths = new ReturnPath(Key, TimeProvider.System);
        Assert.Equal(new ReturnPathTarget(_message, recipient), paths.Read(paths.Write(_message, recipient)));
    }

    [Fact]
    public void Survives_systems_that_change_case()
    {
        var paths = new ReturnPath(Key, TimeProvider.System);
        Assert.Equal(_message, paths.Read(paths.Write(_message, 0).ToUpperInvariant())?.Message);
    }

    // RFC 5321 §4.5.3.1.1
    [Fact]
    public void Fits_a_local_part() => Assert.True(new ReturnPath(Key, TimeProvider.System).Write(_message, 0).Length <= 64);

    [Fact]
    public void Refuses_every_altered_character()
    {
        var paths = new ReturnPath(Key, TimeProvider.System);
        var text = paths.Write(_message, 3);
        for (var i = 0; i < text.Length; i++)
            Assert.Null(paths.Read(text[..i] + (text[i] == 'x' ? 'y' : 'x') + text[(i + 1)..]));
    }

    [Fact]
    public void Refuses_what_another_key_signed() =>
        Assert.Null(new ReturnPath([.. Enumerable.Repeat((byte)1, 32)], TimeProvider.System)
            .Read(new ReturnPath(Key, TimeProvider.System).Write(_message, 0)));

    [Fact]
    public void Is_worth_nothing_when_it_is_out_of_date()
    {
        var text = new ReturnPath(Key, new FixedClock(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))).Write(_message, 0);
        Assert.NotNull(new ReturnPath(Key, new FixedClock(new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero))).Read(text));
        Assert.Null(new ReturnPath(Key, new FixedClock(new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero))).Read(text));
    }

    [Fact]
    public void Is_read_with_every_key_of_the_ring_and_written_with_the_first()
    {
        byte[] next = [.. Enumerable.Repeat((byte)7, 32)];
        var ring = new ReturnPath([next, Key], TimeProvider.System);

        Assert.NotNull(ring.Read(new ReturnPath(Key, TimeProvider.System).Write(_message, 0)));
        Assert.NotNull(new ReturnPath(next, TimeProvider.System).Read(ring.Write(_message, 0)));
        Assert.Null(new ReturnPath(Key, TimeProvider.System).Read(ring.Write(_message, 0)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("b+")]
    [InlineData("b+short")]
    [InlineData("postmaster")]
    public void Other_local_parts_are_not_ours(string localPart) => Assert.Null(new ReturnPath(Key, TimeProvider.System).Read(localPart));

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
