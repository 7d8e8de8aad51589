using System.Net;
using Aspire.Hosting.Testing;
using Mail.EndToEnd.Tests.Running;

namespace Mail.EndToEnd.Tests;

public sealed class ApplicationsTests(TwoSystems systems) : IClassFixture<TwoSystems>
{
    [Fact]
    public async Task Two_applications_run_at_once_and_share_nothing()
    {
        var (first, second) = (systems.First, systems.Second);
        Assert.NotEqual(first.Development.ApiUrl, second.Development.ApiUrl);
        Assert.NotEqual(first.Development.SmtpPort, second.Development.SmtpPort);
        var to = MailClient.NewRecipient();
        var (one, two) = (await first.Live.SendAsync(MailClient.Message(to)), await second.Live.SendAsync(MailClient.Message(to)));

        Assert.Equal(one, (await first.Live.InboxAsync(to)).Text("messageId"));
        Assert.Equal(two, (await second.Live.InboxAsync(to)).Text("messageId"));
        using var stranger = second.Client(first.Development.ApiKey);
        await stranger.GetAsync($"/v1/mail/messages/{two}", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Configured_connection_string_replaces_the_started_postgres()
    {
        Assert.Contains(systems.First.App.GetInstances("postgres"), postgres => postgres.ProcessId is not null);
        Assert.DoesNotContain(systems.Second.App.GetInstances("postgres"), postgres => postgres.ProcessId is not null);
        Assert.Equal(systems.Existing.ConnectionString, await systems.Second.App.GetConnectionStringAsync("maildb"));
        await using var database = await systems.Second.DatabaseAsync();
        var before = await database.MessagesAsync();
        var id = await systems.Second.Live.SendAsync(MailClient.Message(MailClient.NewRecipient()));
        await systems.Second.Live.StatusAsync(id, "sent");

        Assert.Equal(before + 1, await database.MessagesAsync());
    }
}
