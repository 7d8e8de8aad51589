using Mail.TestKit.Servers;

namespace Mail.Integrations.Tests.Servers;

public sealed class PostgresDatabaseTests
{
    [Fact]
    public async Task Databases_are_copies_of_a_template_that_is_migrated_once_and_do_not_see_each_other()
    {
        await using var server = await PostgresServer.StartAsync();
        var runs = 0;
        PostgresDatabase.Migrate = async (dataSource, cancellationToken) =>
        {
            Interlocked.Increment(ref runs);
            await using var command = dataSource.CreateCommand("CREATE TABLE thing (id int)");
            await command.ExecuteNonQueryAsync(cancellationToken);
        };
        try
        {
            var databases = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PostgresDatabase.CreateAsync(server)));
            PostgresDatabase.Migrate = null;
            await using (var insert = databases[0].DataSource.CreateCommand("INSERT INTO thing VALUES (1)")) await insert.ExecuteNonQueryAsync();
            await using var count = databases[1].DataSource.CreateCommand("SELECT count(*) FROM thing");
            Assert.Equal(0L, await count.ExecuteScalarAsync());
            foreach (var database in databases) await database.DisposeAsync();
        }
        finally
        {
            PostgresDatabase.Migrate = null;
        }
        Assert.InRange(runs, 1, 2); // The shared server may make its template in the same moment.
    }

    [Fact]
    public async Task What_is_committed_outlives_a_restart()
    {
        await using var server = await PostgresServer.StartAsync();
        var database = await PostgresDatabase.CreateAsync(server);
        await using (var create = database.DataSource.CreateCommand("CREATE TABLE kept AS SELECT 7 AS value")) await create.ExecuteNonQueryAsync();
        await server.RestartAsync();
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                await using var select = database.DataSource.CreateCommand("SELECT value FROM kept");
                return 7.Equals(await select.ExecuteScalarAsync());
            }
            catch (global::Npgsql.NpgsqlException)
            {
                // A pooled connection of the time before.
                return false;
            }
        });
    }
}
