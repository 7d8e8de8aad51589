using Mail.Core.Persistence;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Mail.Core.Tests.Persistence;

public sealed class MigrationHealthTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_schema_that_is_behind_is_unhealthy_and_one_that_is_ahead_is_degraded()
    {
        var newest = Migrator.Known()[^1].Version;
        var check = new MigrationHealthCheck(database.DataSource);

        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(new())).Status);
        await database.ExecuteAsync("update schema_migrations set version = version + 1000 where version = $1", newest);
        Assert.Equal(HealthStatus.Degraded, (await check.CheckHealthAsync(new())).Status);
        await database.ExecuteAsync("delete from schema_migrations where version > 1000");
        var behind = await check.CheckHealthAsync(new());
        Assert.Equal(HealthStatus.Unhealthy, behind.Status);
        Assert.Contains("migrate", behind.Description, StringComparison.Ordinal);
        await database.ExecuteAsync("drop table schema_migrations");
        Assert.Equal(HealthStatus.Unhealthy, (await check.CheckHealthAsync(new())).Status);
    }

    [Fact]
    public async Task A_database_that_is_away_is_unhealthy()
    {
        await using var away = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");

        Assert.Equal(HealthStatus.Unhealthy, (await new MigrationHealthCheck(away).CheckHealthAsync(new())).Status);
    }
}
