using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Core.Tests.Persistence;

public sealed class DatabaseErrorTests
{
    [Theory]
    [InlineData(PostgresErrorCodes.AdminShutdown, true)]
    [InlineData(PostgresErrorCodes.TooManyConnections, true)]
    [InlineData(PostgresErrorCodes.DeadlockDetected, true)]
    [InlineData(PostgresErrorCodes.UniqueViolation, false)]
    [InlineData(PostgresErrorCodes.SyntaxError, false)]
    public void What_the_server_says_tells_whether_it_may_succeed_later(string state, bool isAway) =>
        Assert.Equal(isAway, DatabaseErrors.IsAway(new PostgresException("", "ERROR", "ERROR", state)));

    [Fact]
    public void Trouble_with_the_connection_may_pass() =>
        Assert.True(DatabaseErrors.IsAway(new NpgsqlException("Failed to connect", new IOException())));

    [Fact]
    public void So_may_what_the_driver_throws_when_the_clock_is_set_back_while_it_connects()
    {
        using var connecting = new CancellationTokenSource();
        var error = Record.Exception(() => connecting.CancelAfter(TimeSpan.FromDays(400)));
        Assert.True(DatabaseErrors.IsAway(error!));
    }

    [Fact]
    public void Mistakes_of_ours_do_not_pass()
    {
        Assert.False(DatabaseErrors.IsAway(new ArgumentOutOfRangeException("index")));
        Assert.False(DatabaseErrors.IsAway(new InvalidOperationException()));
    }
}
