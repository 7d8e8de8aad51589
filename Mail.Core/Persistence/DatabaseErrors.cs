using Npgsql;

namespace Mail.Core.Persistence;

public static class DatabaseErrors
{
    /// <summary>
    /// Whether the database is away or busy: a connection that cannot be made or broke, a server that starts or stops, a deadlock. The
    /// same may succeed later. Anything else is about what was asked.
    /// </summary>
    public static bool IsAway(Exception error) =>
        error is NpgsqlException and not PostgresException { IsTransient: false } || IsClockSetBack(error);

    // Npgsql measures its time for connecting by the wall clock. Set back meanwhile, there is more left than a timer takes (49 days).
    private static bool IsClockSetBack(Exception error) => error is ArgumentOutOfRangeException { ParamName: "delay" };
}
