using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Mail.Core.Persistence;

/// <summary>The schema is the one this program was written for. A newer one is there while a new version is rolled out.</summary>
internal sealed class MigrationHealthCheck(NpgsqlDataSource database) : IHealthCheck
{
    public const string Name = "migrations";

    private readonly int _known = Migrator.Known()[^1].Version;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var applied = await MigrationStore.NewestAsync(database, cancellationToken);
            return applied switch
            {
                _ when applied == _known => HealthCheckResult.Healthy(),
                _ when applied > _known => HealthCheckResult.Degraded($"the schema is at {applied}, this program knows {_known}"),
                _ => HealthCheckResult.Unhealthy($"the schema is at {applied}, this program needs {_known}: run 'Mail.Api migrate'"),
            };
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return HealthCheckResult.Unhealthy("the database has no tables: run 'Mail.Api migrate'");
        }
        catch (NpgsqlException failure)
        {
            return HealthCheckResult.Unhealthy("the schema cannot be read", failure);
        }
    }
}
