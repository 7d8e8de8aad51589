using System.Net;
using Mail.TestKit.Servers;

namespace Mail.Api.Tests.Http;

public sealed class OutageTests
{
    [Fact]
    public async Task While_the_database_is_away_sends_answer_503_and_work_again_when_it_is_back()
    {
        await using var server = await PostgresServer.StartAsync();
        var database = await PostgresDatabase.CreateAsync(server);
        await using var application = new ApiApplication(database.ConnectionString, "UseDevelopmentStorage=true");
        var tenant = await application.TenantAsync();
        await tenant.SendAsync();

        await server.KillAsync();
        using (var response = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message()))
        {
            Assert.Equal("unavailable", (await response.ReadAsync(503)).Text("code"));
            Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        }
        await tenant.Client.GetJsonAsync("/v1/dev/inbox", 503);

        await server.StartAgainAsync();
        // A pool learns that its connections are dead by using them.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        HttpResponseMessage again;
        while ((again = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message())).StatusCode == HttpStatusCode.ServiceUnavailable)
            limit.Token.ThrowIfCancellationRequested();
        Assert.StartsWith("msg_", (await again.ReadAsync(202)).Text("data", "id"), StringComparison.Ordinal);
        await database.DisposeAsync();
    }

    [Fact]
    public async Task While_blob_storage_is_away_only_attachments_answer_503()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var application = new ApiApplication(
            database.ConnectionString,
            $"DefaultEndpointsProtocol=http;AccountName={AzuriteServer.AccountName};AccountKey={AzuriteServer.AccountKey};BlobEndpoint=http://127.0.0.1:1/{AzuriteServer.AccountName};");
        var tenant = await application.TenantAsync();
        await tenant.SendAsync();

        using var response = await tenant.Client.PostJsonAsync("/v1/mail/send", new
        {
            from = tenant.Sender, to = "ada@recipient.test", subject = "s", text = "t", attachments = new[] { new { filename = "a", content = "aGk=" } },
        });

        Assert.Equal("unavailable", (await response.ReadAsync(503)).Text("code"));
        Assert.Equal(1L, await application.QueryAsync<long>("select count(*) from messages where organization_id = $1", tenant.Organization.Value));
    }
}
