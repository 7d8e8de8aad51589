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
    public async Task Deliveries_are_suspended_listed_explained_and_resumed()
    {
        await using var database = await PostgresDatabase.CreateAsync();

        var suspended = await RunAsync(database.ConnectionString, "delivery", "suspend", "domain", "held.test", "--reason", "checking them");
        var holds = await RunAsync(database.ConnectionString, "delivery", "holds");
        var status = await RunAsync(database.ConnectionString, "delivery", "status");
        var resumed = await RunAsync(database.ConnectionString, "delivery", "resume", "domain", "held.test");
        var again = await RunAsync(database.ConnectionString, "delivery", "resume", "domain", "held.test");
        var everything = await RunAsync(database.ConnectionString, "delivery", "bounce", "--reason", "all of it");
        var nobody = await RunAsync(database.ConnectionString, "delivery", "trace", "msg_x");

        Assert.Equal(0, suspended.ExitCode);
        Assert.Equal((0, "domain held.test  operator  suspended until resumed  checking them\n"), (holds.ExitCode, holds.Output));
        Assert.Equal((0, ""), (status.ExitCode, status.Output));
        Assert.Equal((0, 1, 1, 1), (resumed.ExitCode, again.ExitCode, everything.ExitCode, nobody.ExitCode));
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
    public async Task Organizations_are_listed_suspended_and_resumed_by_name_or_id()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        var created = await RunAsync(database.ConnectionString, "org", "create", "Acme");
        var id = created.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)[1];

        var suspended = await RunAsync(database.ConnectionString, "org", "suspend", "Acme");
        var listed = await RunAsync(database.ConnectionString, "org", "list");
        var resumed = await RunAsync(database.ConnectionString, "org", "resume", id);
        var limited = await RunAsync(database.ConnectionString, "org", "limit", id, "send", "--per-second", "7");
        var missing = await RunAsync(database.ConnectionString, "org", "suspend", "Nobody");
        var endless = await RunAsync(database.ConnectionString, "org", "limit", id, "send", "--per-key", "0");

        Assert.Equal((0, $"{id} is suspended.\n"), (suspended.ExitCode, suspended.Output));
        Assert.Equal((0, $"{id} is active.\n"), (resumed.ExitCode, resumed.Output));
        Assert.Matches($@"(?m)^{id}  suspended    1 key\(s\)  Acme$", listed.Output);
        Assert.Equal((0, $"{id} send: 7, per key as configured\n"), (limited.ExitCode, limited.Output));
        Assert.Equal((1, 1), (missing.ExitCode, endless.ExitCode));
    }

    [Fact]
    public async Task Keys_are_made_listed_and_revoked()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await RunAsync(database.ConnectionString, "org", "create", "Acme");

        var made = await RunAsync(database.ConnectionString, "key", "create", "Acme", "CI", "--scope", "emails:send", "--scope", "emails:read",
            "--test", "--domain", "Shop.Example", "--expires", "2099-01-01T00:00:00Z");
        var again = await RunAsync(database.ConnectionString, "key", "create", "Acme", "CI");
        var unknown = await RunAsync(database.ConnectionString, "key", "create", "Acme", "x", "--scope", "emails:sent");
        var listed = await RunAsync(database.ConnectionString, "key", "list", "Acme");
        var id = listed.Output.Split(' ')[0];
        var revoked = await RunAsync(database.ConnectionString, "key", "revoke", "Acme", id);
        var after = await RunAsync(database.ConnectionString, "key", "list", "Acme");

        Assert.Equal(0, made.ExitCode);
        var secret = made.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.StartsWith("ms_test_", secret, StringComparison.Ordinal);
        Assert.Equal((1, 1), (again.ExitCode, unknown.ExitCode));
        Assert.Contains("active   CI  emails:send emails:read", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, listed.Output, StringComparison.Ordinal);
        Assert.Equal((0, $"{id} is revoked.\n"), (revoked.ExitCode, revoked.Output));
        Assert.Contains("revoked  CI", after.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queue_status_counts_what_waits()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        var empty = await RunAsync(database.ConnectionString, "queue", "status");
        await using var application = new ApiApplication(database.ConnectionString, "UseDevelopmentStorage=true");
        var tenant = await application.TenantAsync();
        await tenant.SendAsync();

        var status = await RunAsync(database.ConnectionString, "queue", "status");

        Assert.Equal((0, "The queue is empty.\n"), (empty.ExitCode, empty.Output));
        Assert.Matches(@"(?m)^ +1 +0\.00:00:\d\d +queued +tenant \d+, recipient\.test$", status.Output);
        Assert.Contains("Due and not taken for 0.00:00:", status.Output, StringComparison.Ordinal);
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

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(string database, params string[] arguments) =>
        CommandLine.RunAsync(database, new Dictionary<string, string>(), arguments);
}
