using Mail.TestKit.Servers;

namespace Mail.Api.Tests.Commands;

/// <summary>Routes and sources from a shell.</summary>
public sealed class RouteCommandTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> NoSettings = [];
    private PostgresDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_route_is_set_listed_replaced_and_removed_once()
    {
        await DoneAsync("delivery", "routes", "set", "--domain", "Shop.Example", "--relay", "relay.test:587", "--tls", "verified");
        await DoneAsync("delivery", "routes", "set", "--domain", "shop.example", "--relay", "relay.test:25", "--pool", "slow");

        Assert.Equal("every organization  shop.example  relay relay.test:25   pool slow\n", (await DoneAsync("delivery", "routes", "list")).Output);
        await DoneAsync("delivery", "routes", "remove", "--domain", "shop.example");
        await RefusedAsync("delivery", "routes", "remove", "--domain", "shop.example");
    }

    [Fact]
    public async Task A_source_is_set_listed_and_removed_once()
    {
        await DoneAsync("delivery", "sources", "set", "out1", "--ehlo", "out1.mail.test", "--address", "192.0.2.1", "--weight", "3", "--warmup-day", "2");

        Assert.Equal("out1  pool default  192.0.2.1  out1.mail.test  weight 3  warm-up day 2\n", (await DoneAsync("delivery", "sources", "list")).Output);
        await DoneAsync("delivery", "sources", "remove", "out1");
        await RefusedAsync("delivery", "sources", "remove", "out1");
    }

    [Theory]
    [InlineData("routes set --domain shop.example")]
    [InlineData("routes set --relay nowhere")]
    [InlineData("routes set --organization org_x --pool slow")]
    [InlineData("routes set --relay relay.test:25 --tls sometimes")]
    [InlineData("routes remove --organization org_x")]
    [InlineData("sources set out1 --ehlo localhost!")]
    [InlineData("sources set out1 --ehlo out1.mail.test --address here")]
    [InlineData("sources set out1 --ehlo out1.mail.test --weight 0")]
    [InlineData("suspend source out1 --reason checking --speed 0.5")]
    [InlineData("suspend domain shop.example --reason checking --speed 2")]
    public Task What_cannot_be_is_refused_in_one_line(string arguments) => RefusedAsync(["delivery", .. arguments.Split(' ')]);

    private async Task<(int ExitCode, string Output, string Error)> DoneAsync(params string[] arguments)
    {
        var done = await CommandLine.RunAsync(_database.ConnectionString, NoSettings, arguments);
        Assert.True(done.ExitCode == 0, done.Error);
        return done;
    }

    private async Task RefusedAsync(params string[] arguments)
    {
        var refusal = await CommandLine.RunAsync(_database.ConnectionString, NoSettings, arguments);
        Assert.Equal((1, ""), (refusal.ExitCode, refusal.Output));
        Assert.Single(refusal.Error.TrimEnd().Split('\n'));
    }
}
