using Mail.Core.Organizations;
using Mail.Core.TrackedMail;
using Mail.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Inbound.Tests.Sandbox;

/// <summary>What the listener answers for sandbox addresses, and what it puts down to follow.</summary>
public sealed class SandboxTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private const string Content = "From: shop@demo.test\r\nSubject: hello\r\n\r\nhello";

    [Theory]
    [InlineData("delivered", "250 2.0.0 ")]
    [InlineData("delivered+order-17", "250 2.0.0 ")]
    [InlineData("bounce+550", "550 5.1.1 ")]
    [InlineData("bounce+552", "552 5.2.2 ")]
    [InlineData("bounce+554", "554 5.7.1 ")]
    [InlineData("bounce+571", "550 5.1.1 No such sandbox address. There are: delivered, ")]
    [InlineData("defer+451x1", "451 4.3.0 ")]
    [InlineData("defer+421x2", "421 4.3.2 ")]
    [InlineData("slow+5m", "550 5.1.1 No such sandbox address. There are: delivered, ")]
    [InlineData("somebody", "550 5.1.1 No such sandbox address. There are: delivered, ")]
    public async Task Answer_is_what_the_address_says(string localPart, string expected)
    {
        var mail = await SendAsync(localPart);

        Assert.StartsWith(expected, await DeliverAsync(mail, localPart));
        Assert.Empty(await FollowUpsAsync(mail));
    }

    [Fact]
    public async Task Deferred_mail_is_taken_after_as_many_recorded_attempts()
    {
        var mail = await SendAsync("defer+450x2");
        var answers = new List<string>();
        for (var attempts = 0; attempts < 3; attempts++)
        {
            await ExecuteAsync("update message_recipients set attempts = $2 where message_id = $1", mail.Id.Value, attempts);
            // Asked twice without a record between: it is the record that counts.
            Assert.Equal(await DeliverAsync(mail, "defer+450x2"), await DeliverAsync(mail, "defer+450x2", fixture.Development));
            answers.Add((await DeliverAsync(mail, "defer+450x2"))![..3]);
        }

        Assert.Equal(["450", "450", "250"], answers);
    }

    [Theory]
    [InlineData("dsn-later+60s", "bounce", 60)]
    [InlineData("complaint", "complaint", 1)]
    public async Task Report_is_put_down_once_with_what_it_needs(string localPart, string kind, int seconds)
    {
        var mail = await SendAsync(localPart);

        Assert.StartsWith("250 ", await DeliverAsync(mail, localPart));
        Assert.StartsWith("250 ", await DeliverAsync(mail, localPart));

        var (found, returnPath, content, after) = Assert.Single(await FollowUpsAsync(mail));
        Assert.Equal((kind, mail.ReturnPath()), (found, returnPath));
        Assert.Equal("From: shop@demo.test\r\nSubject: hello", content);
        Assert.InRange(after, TimeSpan.FromSeconds(seconds - 30), TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData("open", TrackingAction.Open, "o")]
    [InlineData("click", TrackingAction.Click, "c")]
    public async Task Only_what_was_signed_for_the_recipient_is_opened_or_followed(string localPart, TrackingAction action, string letter)
    {
        var (mail, other) = (await SendAsync(localPart), await SendAsync(localPart));
        var links = fixture.Production.Services.GetRequiredService<TrackingLinks>();
        string PathOf(SentMail of) => $"/t/{letter}/{links.Write(action, of.Organization, of.Id, 0, action == TrackingAction.Click ? "https://a.test/" : "")}";
        var html = $"<a href='http://evil.test/t/{letter}/AAAA'></a><a href='https://t.test{PathOf(other)}'></a><img src='https://t.test{PathOf(mail)}'>";

        Assert.StartsWith("250 ", await DeliverAsync(mail, localPart, content: $"Content-Type: text/html\r\n\r\n{html}"));

        var (kind, _, content, _) = Assert.Single(await FollowUpsAsync(mail));
        Assert.Equal((localPart, PathOf(mail)), (kind, content));
    }

    [Fact]
    public async Task Mail_without_anything_tracked_says_so()
    {
        var mail = await SendAsync("open");

        Assert.Equal("250 2.0.0 OK taken by the sandbox; there is nothing tracked in it", await DeliverAsync(mail, "open"));
        Assert.Empty(await FollowUpsAsync(mail));
    }

    [Fact]
    public async Task Return_path_of_another_message_opens_nothing()
    {
        var foreign = await SentMail.CreateAsync(fixture.Development, fixture.Database.DataSource, SendingMode.Live, "ann@example.test");

        Assert.Equal("550 5.7.1 The sandbox takes mail of this installation only", await DeliverAsync(foreign, "dsn-later+60s"));
        Assert.Empty(await FollowUpsAsync(foreign));
    }

    [Fact]
    public async Task Mail_of_test_keys_is_played_and_not_captured()
    {
        await fixture.ClearAsync();
        var mail = await SendAsync("bounce+550", SendingMode.Test);

        Assert.StartsWith("550 5.1.1 No such user", await DeliverAsync(mail, "bounce+550", fixture.Development));
        Assert.Empty(await fixture.StoredAsync());
    }

    [Fact]
    public async Task Refusals_that_were_asked_for_do_not_end_the_session()
    {
        var recipients = Enumerable.Range(0, 50).Select(i => $"bounce+550+{i}@{InboundHost.SandboxDomain}").ToArray();
        var mail = await SentMail.CreateAsync(fixture.Development, fixture.Database.DataSource, SendingMode.Live, recipients);
        await using var client = new LineClient(fixture.Production.Connect());
        await client.GreetAsync();
        await client.AskAsync($"MAIL FROM:<{mail.ReturnPath(null)}>");

        foreach (var recipient in recipients)
            Assert.StartsWith("550 5.1.1 ", await client.AskAsync($"RCPT TO:<{recipient}>"));
    }

    [Fact]
    public async Task Slow_answer_comes_when_its_time_has_come()
    {
        var clock = new ManualTime();
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, "Production", clock);
        var mail = await SendAsync("slow+30s");

        var answer = DeliverAsync(mail, "slow+30s", host);
        while (!clock.Running().Contains(TimeSpan.FromSeconds(30)))
            await clock.Armed.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.False(answer.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.StartsWith("250 ", await answer);
    }

    private Task<SentMail> SendAsync(string localPart, SendingMode mode = SendingMode.Live) =>
        SentMail.CreateAsync(fixture.Development, fixture.Database.DataSource, mode, $"{localPart}@{InboundHost.SandboxDomain}");

    private async Task<string?> DeliverAsync(SentMail mail, string localPart, InboundHost? host = null, string content = Content)
    {
        await using var client = new LineClient((host ?? fixture.Production).Connect());
        await client.GreetAsync();
        var reply = await client.AskAsync($"MAIL FROM:<{mail.ReturnPath()}>", $"RCPT TO:<{localPart}@{InboundHost.SandboxDomain}>");
        if (reply?.StartsWith("250", StringComparison.Ordinal) != true)
            return reply;
        Assert.StartsWith("354 ", await client.AskAsync("DATA"));
        return await client.EndAsync(content);
    }

    private async Task<List<(string Kind, string ReturnPath, string Content, TimeSpan After)>> FollowUpsAsync(SentMail mail)
    {
        await using var command = fixture.Database.DataSource.CreateCommand(
            "select kind, return_path, convert_from(content, 'UTF8'), due_at - now() from sandbox_follow_ups where message_id = $1");
        command.Parameters.AddWithValue(mail.Id.Value);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<(string, string, string, TimeSpan)>();
        while (await reader.ReadAsync())
            found.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<TimeSpan>(3)));
        return found;
    }

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = fixture.Database.DataSource.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync();
    }
}
