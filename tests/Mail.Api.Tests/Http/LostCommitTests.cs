using Mail.TestKit.Servers;
using Npgsql;

namespace Mail.Api.Tests.Http;

/// <summary>The connection dies while a message is committed: nobody knows whether it was. The key of the request does.</summary>
[Collection(ApiCollection.Name)]
public sealed class LostCommitTests(ApiFixture api)
{
    [Theory]
    [InlineData("BeforeItArrives", 0)]
    [InlineData("BeforeTheAnswer", 1)]
    public async Task A_repeated_send_is_one_message_whether_or_not_the_commit_arrived(string cut, long stored)
    {
        await using var system = await CutSystem.StartAsync(api);
        var (tenant, cutter) = (system.Tenant, system.Cutter);

        cutter.Cut = Enum.Parse<CommitCut>(cut);
        using (var lost = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(), "key-1"))
            Assert.Equal("unavailable", (await lost.ReadAsync(503)).Text("code"));
        cutter.Cut = null;

        Assert.True(cutter.Cuts > 0);
        Assert.Equal(stored, await system.CountAsync());
        using var repeated = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(), "key-1");
        using var again = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message(), "key-1");
        var (one, other) = ((await repeated.ReadAsync(202)).At("data"), (await again.ReadAsync(202)).At("data"));
        Assert.Equal(one.Text("id"), other.Text("id"));
        Assert.Equal((stored == 0 ? "created" : "replayed", "replayed"), (one.Text("idempotencyStatus"), other.Text("idempotencyStatus")));
        Assert.Equal(1, await system.CountAsync());
    }

    [Theory]
    [InlineData("BeforeItArrives")]
    [InlineData("BeforeTheAnswer")]
    public async Task Items_whose_commit_was_lost_are_sent_once_when_the_batch_is_sent_again(string cut)
    {
        await using var system = await CutSystem.StartAsync(api);
        var (tenant, cutter) = (system.Tenant, system.Cutter);
        var messages = Enumerable.Range(0, 20).Select(number => new { from = tenant.Sender, to = $"u{number}@recipient.test", subject = "S", text = "x", idempotencyKey = $"item-{number}" }).ToArray();

        cutter.Cut = Enum.Parse<CommitCut>(cut);
        using (await tenant.Client.PostJsonAsync("/v1/mail/batch", new { messages }))
            cutter.Cut = null;

        Assert.True(cutter.Cuts > 0);
        using var repeated = await tenant.Client.PostJsonAsync("/v1/mail/batch", new { messages });
        Assert.Equal(20, (await repeated.ReadAsync(202)).At("data", "accepted").GetInt32());
        Assert.Equal(20, await system.CountAsync());
    }

    /// <summary>An API whose commits can be cut, on the database of the others.</summary>
    private sealed class CutSystem(ApiFixture api, CommitCutter cutter, ApiApplication application, Tenant tenant) : IAsyncDisposable
    {
        public CommitCutter Cutter => cutter;

        public Tenant Tenant => tenant;

        public static async Task<CutSystem> StartAsync(ApiFixture api)
        {
            var address = new NpgsqlConnectionStringBuilder(api.Database.ConnectionString);
            var cutter = new CommitCutter(address.Port);
            address.Port = cutter.Port;
            var application = new ApiApplication(address.ConnectionString, (await AzuriteServer.SharedAsync()).ConnectionString);
            return new CutSystem(api, cutter, application, await application.TenantAsync());
        }

        public Task<long> CountAsync() =>
            api.Application.QueryAsync<long>("select count(*) from messages where organization_id = $1", tenant.Organization.Value);

        public async ValueTask DisposeAsync()
        {
            await application.DisposeAsync();
            await cutter.DisposeAsync();
        }
    }
}
