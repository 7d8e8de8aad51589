using System.Security.Cryptography;
using Mail.TestKit.Dns;
using Mail.TestKit.Servers;

namespace Mail.Api.Tests.Commands;

/// <summary>What operators do about domains and master keys.</summary>
public sealed class DomainCommandTests : IAsyncLifetime
{
    private readonly TestDnsServer _dns = TestDnsServer.Start();
    private readonly string _masterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private PostgresDatabase _database = null!;

    [Fact]
    public async Task A_domain_is_added_verified_listed_switched_off_and_on()
    {
        await RunAsync("org", "create", "Acme");

        var created = await RunAsync("domain", "create", "Acme", "Shop.Example");
        var early = await RunAsync("domain", "verify", "Acme", "shop.example");
        Publish(created.Output);
        var verified = await RunAsync("domain", "verify", "Acme", "shop.example");
        var listed = await RunAsync("domain", "list", "Acme");

        Assert.Equal((0, 1, 0, 0), (created.ExitCode, early.ExitCode, verified.ExitCode, listed.ExitCode));
        Assert.Contains("missing  TXT  ms1._domainkey.shop.example", early.Output, StringComparison.Ordinal);
        Assert.Contains("'shop.example' is pending.", early.Error, StringComparison.Ordinal);
        Assert.Matches("^shop\\.example  verified  dom_[0-9a-z]{26}\n$", listed.Output);
        Assert.Equal((0, 1), ((await RunAsync("domain", "disable", "shop.example")).ExitCode, (await RunAsync("domain", "disable", "shop.example")).ExitCode));
        Assert.Contains("disabled", (await RunAsync("domain", "verify", "Acme", "shop.example")).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("domain", "enable", "shop.example")).ExitCode);
        Assert.Equal(0, (await RunAsync("domain", "verify", "Acme", "shop.example")).ExitCode);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_one_line()
    {
        await RunAsync("org", "create", "Acme");
        await RunAsync("domain", "create", "Acme", "once.example");

        var refusals = new[]
        {
            await RunAsync("domain", "create", "Acme", "localhost"), await RunAsync("domain", "create", "Acme", "once.example"),
            await RunAsync("domain", "create", "Nobody", "other.example"), await RunAsync("domain", "list", "Nobody"),
            await RunAsync("domain", "verify", "Acme", "other.example"), await RunAsync("domain", "enable", "once.example"),
        };

        Assert.All(refusals, refusal =>
        {
            Assert.Equal((1, ""), (refusal.ExitCode, refusal.Output));
            Assert.Single(refusal.Error.TrimEnd().Split('\n'));
        });
    }

    [Fact]
    public async Task Keyring_rotate_moves_signing_keys_to_the_new_master_key()
    {
        var next = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        await RunAsync("org", "create", "Acme");
        await RunAsync("domain", "create", "Acme", "sealed.example");

        var lost = await RunWithAsync(new() { ["Mail__Secrets__MasterKey"] = next }, "keyring", "rotate");
        var rotated = await RunWithAsync(new() { ["Mail__Secrets__MasterKey"] = next, ["Mail__Secrets__OtherKeys__0"] = _masterKey }, "keyring", "rotate");
        var again = await RunWithAsync(new() { ["Mail__Secrets__MasterKey"] = next }, "keyring", "rotate");

        Assert.Equal((2, "DKIM keys: 0 sealed again, 1 unreadable\n"), (lost.ExitCode, FirstLine(lost.Output)));
        Assert.Equal((0, "DKIM keys: 1 sealed again, 0 unreadable\n"), (rotated.ExitCode, FirstLine(rotated.Output)));
        Assert.Equal((0, "DKIM keys: 0 sealed again, 0 unreadable\n"), (again.ExitCode, FirstLine(again.Output)));
    }

    public async Task InitializeAsync() => _database = await PostgresDatabase.CreateAsync();

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _dns.DisposeAsync();
    }

    private static string FirstLine(string output) => output[..(output.IndexOf('\n', StringComparison.Ordinal) + 1)];

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => RunWithAsync([], arguments);

    private Task<(int ExitCode, string Output, string Error)> RunWithAsync(Dictionary<string, string> settings, params string[] arguments)
    {
        settings.TryAdd("Mail__Secrets__MasterKey", _masterKey);
        settings.TryAdd("Mail__Dns__Servers__0", _dns.EndPoint.ToString());
        return CommandLine.RunAsync(_database.ConnectionString, settings, arguments);
    }

    // Lines as they are printed: status, type, name, value.
    private void Publish(string output)
    {
        foreach (var record in output.Split('\n').Select(line => line.Split("  ")).Where(record => record.Length >= 4))
        {
            if (record[1] == "MX")
                _dns.Zone.Mx(record[2], 10, record[3].Split(' ')[1]);
            else
                _dns.Zone.Txt(record[2], record[3]);
        }
    }
}
