using System.Diagnostics;
using System.Security.Cryptography;
using Mail.TestKit.Servers;

namespace Mail.Api.Tests.Commands;

public sealed class CommandTests
{
    [Fact]
    public async Task Migrate_seeds_the_demo_organization_and_dkim_record_prints_its_key()
    {
        await using var database = await PostgresDatabase.CreateAsync();

        var migrate = await RunAsync(database.ConnectionString, "migrate");
        var record = await RunAsync(database.ConnectionString, "domain", "dkim-record", "DEMO.test.");
        var missing = await RunAsync(database.ConnectionString, "domain", "dkim-record", "nope.test");

        Assert.Equal((0, "The database is up to date.\n"), (migrate.ExitCode, migrate.Output));
        Assert.Equal(0, record.ExitCode);
        Assert.StartsWith("v=DKIM1; k=rsa; p=", record.Output, StringComparison.Ordinal);
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("nope.test", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Org_create_prints_a_key_that_works_and_refuses_a_name_twice()
    {
        await using var database = await PostgresDatabase.CreateAsync();

        var created = await RunAsync(database.ConnectionString, "org", "create", "Acme, Inc.");
        var again = await RunAsync(database.ConnectionString, "org", "create", "Acme, Inc.");

        Assert.Equal(0, created.ExitCode);
        var key = created.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)[^1];
        await using var application = new ApiApplication(database.ConnectionString, "UseDevelopmentStorage=true");
        await application.ClientWith(key).GetJsonAsync("/v1/dev/inbox");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("already", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_away_is_said_in_one_line()
    {
        var result = await RunAsync("Host=127.0.0.1;Port=1;Username=postgres;Timeout=2", "migrate");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("ConnectionStrings:maildb", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_command_is_refused()
    {
        var result = await RunAsync("Host=127.0.0.1;Port=1", "migrat");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("migrat", result.Error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string database, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Mail.Api.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["ConnectionStrings__maildb"] = database,
                ["ConnectionStrings__blobs"] = "UseDevelopmentStorage=true",
                ["Mail__Secrets__MasterKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
                ["Mail__Demo__ApiKey"] = "ms_live_abcdefgh_aaaaaaaaaabbbbbbbbbbccccccccccddd",
                ["DOTNET_ENVIRONMENT"] = "Development",
            },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
