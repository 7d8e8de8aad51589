using Mail.Core.Persistence;
using Mail.TestKit.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Core.Tests.Persistence;

public sealed class MigratorTests : IAsyncLifetime
{
    private PostgresDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Does_nothing_the_second_time() =>
        Assert.Equal(0, await Migrate());

    [Fact]
    public async Task Many_at_once_apply_each_migration_once()
    {
        await Empty();
        var applied = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Migrate()));
        Assert.Equal(Migrator.Known().Count, applied.Sum());
    }

    [Fact]
    public async Task Refuses_a_migration_that_was_changed_after_it_was_applied()
    {
        await _database.DataSource.ExecuteAsync("update schema_migrations set checksum = 'other' where version = 1", CancellationToken.None);
        var error = await Assert.ThrowsAsync<MigrationException>(Migrate);
        Assert.Contains("0001_foundation.sql", error.Message);
    }

    [Fact]
    public async Task Refuses_a_database_that_is_newer_than_the_program()
    {
        await _database.DataSource.ExecuteAsync(
            "insert into schema_migrations (version, name, checksum) values (9999, 'later', '')", CancellationToken.None);
        await Assert.ThrowsAsync<MigrationException>(Migrate);
    }

    [Fact]
    public async Task Partitions_cover_this_month_and_the_next_ones()
    {
        var missing = await _database.DataSource.QueryAsync(
            """
            select format('%s_%s', parent, to_char(now() at time zone 'UTC' + make_interval(months => i), 'YYYYMM')) as name
            from unnest(array['messages', 'message_contents', 'message_recipients', 'delivery_attempts', 'events']) parent,
                 generate_series(0, 3) i
            where to_regclass(format('%s_%s', parent, to_char(now() at time zone 'UTC' + make_interval(months => i), 'YYYYMM'))) is null
            """,
            row => row.GetString(0), CancellationToken.None);
        Assert.Empty(missing);
    }

    private Task<int> Migrate() => new Migrator(_database.DataSource, NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);

    private Task Empty() => _database.DataSource.ExecuteAsync("drop schema public cascade; create schema public", CancellationToken.None);
}
