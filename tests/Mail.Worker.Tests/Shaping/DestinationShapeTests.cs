using Mail.TestKit;
using Mail.Worker.Shaping;

namespace Mail.Worker.Tests.Shaping;

public sealed class DestinationShapeTests
{
    private readonly ManualTime _time = new();
    private readonly DestinationShape _shape;

    public DestinationShapeTests() => _shape = new DestinationShape("mx.test", "other", 20, Limits.None, _time);

    [Fact]
    public void A_slowed_destination_grows_back_after_its_time()
    {
        _shape.React(new Reaction(0.5, TimeSpan.FromMinutes(10)), "421 slow down");
        Assert.Equal((10, "421 slow down"), (_shape.Concurrency, _shape.Slowed?.Reason));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(10, _shape.Concurrency);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(15, _shape.Concurrency);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((20, null), (_shape.Concurrency, _shape.Slowed?.Reason));
    }

    [Fact]
    public void What_ten_connections_say_at_once_counts_once()
    {
        for (var i = 0; i < 10; i++)
            _shape.React(new Reaction(0.5, TimeSpan.FromMinutes(10)), "421");
        Assert.Equal(10, _shape.Concurrency);
        _time.Advance(TimeSpan.FromSeconds(6));
        _shape.React(new Reaction(0.5, TimeSpan.FromMinutes(10)), "421");
        Assert.Equal(5, _shape.Concurrency);
    }

    [Fact]
    public void What_others_were_told_counts_too_and_the_slower_of_both_decides()
    {
        SlowDown? shared = null;
        var shape = new DestinationShape("mx.test", "other", 20, Limits.None, _time, () => shared);
        shared = new SlowDown(0.5, "421 to another", _time.GetUtcNow() + TimeSpan.FromMinutes(1));
        Assert.Equal((10, "421 to another"), (shape.Concurrency, shape.Slowed?.Reason));

        // The same words at the same moment: not half of a half.
        shape.React(new Reaction(0.5, TimeSpan.FromMinutes(1)), "421 to us");
        Assert.Equal(10, shape.Concurrency);

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((20, null), (shape.Concurrency, shape.Slowed));
    }

    [Fact]
    public void It_never_slows_down_to_nothing()
    {
        for (var i = 0; i < 50; i++)
        {
            _shape.React(new Reaction(0.1, TimeSpan.FromMinutes(10)), "421");
            _time.Advance(TimeSpan.FromSeconds(6));
        }
        Assert.Equal(1, _shape.Concurrency);
    }

    [Fact]
    public void A_suspension_ends_and_starts_again_slowly()
    {
        var suspension = _shape.React(new Reaction(null, TimeSpan.FromMinutes(15)), "421 unusual rate");
        Assert.Equal(suspension, _shape.Suspended);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(15), suspension!.Until);
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.Null(_shape.Suspended);
        Assert.Equal(5, _shape.Concurrency);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(20, _shape.Concurrency);
    }

    [Fact]
    public void Servers_that_cannot_be_reached_are_left_alone_for_longer_each_time_until_they_answer()
    {
        Assert.Equal(30, Outage());
        Assert.Equal(60, Outage());
        for (var i = 0; i < 10; i++)
            Outage();
        Assert.Equal(900, Outage());
        _shape.Answered();
        Assert.Equal(30, Outage());

        double Outage()
        {
            for (var i = 0; i < 4; i++)
                Assert.Null(_shape.Failed("refused"));
            var outage = _shape.Failed("refused")!.Until - _time.GetUtcNow();
            _time.Advance(outage);
            return outage.TotalSeconds;
        }
    }

    [Fact]
    public void One_answer_makes_up_for_the_failures_before_it()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.Null(_shape.Failed("timeout"));
            if (i % 4 == 3)
                _shape.Answered();
        }
        Assert.Null(_shape.Suspended);
    }
}
