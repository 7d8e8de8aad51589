using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Mail.EndToEnd.Tests.Running;

namespace Mail.EndToEnd.Tests;

/// <summary>Every sandbox address in the running system: by the API in, over SMTP and HTTP between its processes, and by the API out.</summary>
[Collection(RelayCollection.Name)]
public sealed class SandboxTests(RelaySystem fixture)
{
    private const string Domain = "sandbox.test";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly HttpClient _api = fixture.Instance.Live;

    [Fact]
    public async Task Delivered_is_sent_with_either_key()
    {
        await _api.StatusAsync(await SendAsync("delivered+a"), "sent");
        var test = await fixture.Instance.Test.SendAsync(MailClient.Message($"delivered+b@{Domain}"));
        await fixture.Instance.Test.StatusAsync(test, "sent");

        Assert.DoesNotContain(fixture.Relay.Messages, mail => mail.Recipients.Any(recipient => recipient.Contains(Domain)));
    }

    [Theory]
    [InlineData("bounce+550", 550, "5.1.1", "hard")]
    [InlineData("bounce+552", 552, "5.2.2", "soft")]
    [InlineData("bounce+554", 554, "5.7.1", "unknown")]
    public async Task Bounce_bounces_by_its_code_each_time(string localPart, int code, string enhanced, string type)
    {
        // The second shows that the first suppressed nothing.
        for (var i = 0; i < 2; i++)
        {
            var id = await SendAsync(localPart);
            await _api.StatusAsync(id, "bounced");

            var attempt = Assert.Single(await ListAsync($"/v1/mail/messages/{id}/attempts"));
            Assert.Equal((code, enhanced), (attempt.GetProperty("smtpCode").GetInt32(), attempt.Text("enhancedCode")));
            Assert.Equal(type, Assert.Single(await ListAsync($"/v1/mail/messages/{id}/bounces")).Text("type"));
            Assert.Contains("mail.message.bounced", await TypesAsync(id));
        }
    }

    [Fact]
    public async Task Defer_fails_as_often_as_it_says_and_then_arrives()
    {
        var id = await SendAsync("defer+451x2");
        await _api.StatusAsync(id, "sent");

        var outcomes = (await ListAsync($"/v1/mail/messages/{id}/attempts")).OrderBy(attempt => attempt.GetProperty("number").GetInt32());
        Assert.Equal(["deferred 451", "deferred 451", "delivered 250"], outcomes.Select(attempt => $"{attempt.Text("outcome")} {attempt.GetProperty("smtpCode")}"));
    }

    [Fact]
    public async Task Slow_is_sent_when_its_time_is_over()
    {
        var id = await SendAsync("slow+3s");
        await _api.StatusAsync(id, "sent");

        var attempt = Assert.Single(await ListAsync($"/v1/mail/messages/{id}/attempts"));
        Assert.InRange(attempt.GetProperty("endedAt").GetDateTimeOffset() - attempt.GetProperty("startedAt").GetDateTimeOffset(), TimeSpan.FromSeconds(3), Limit);
    }

    [Fact]
    public async Task Dsn_later_is_sent_first_and_bounced_by_a_report()
    {
        // Later than the first outcome is recorded on a slow machine.
        var id = await SendAsync("dsn-later+10s");
        await _api.StatusAsync(id, "bounced");

        Assert.Equal("dsn", Assert.Single(await ListAsync($"/v1/mail/messages/{id}/bounces")).Text("source"));
        var types = await TypesAsync(id);
        Assert.True(types.IndexOf("mail.message.sent") < types.IndexOf("mail.message.bounced"), string.Join(' ', types));
    }

    [Theory]
    [InlineData("complaint", "mail.message.complained")]
    [InlineData("open", "mail.message.opened")]
    [InlineData("click", "mail.message.clicked")]
    public async Task What_the_reader_does_is_told(string localPart, string type)
    {
        var id = await SendAsync(localPart);
        await _api.StatusAsync(id, "sent");

        List<string> types = [];
        await Eventually.IsTrueAsync($"{type} of {id}", Limit, async _ => (types = await TypesAsync(id)).Contains(type), () => string.Join(' ', types));
        await _api.StatusAsync(id, "sent");
    }

    [Fact]
    public async Task Other_addresses_bounce_with_a_list_of_those_there_are()
    {
        var id = await SendAsync("somebody");
        await _api.StatusAsync(id, "bounced");

        Assert.StartsWith("No such sandbox address. There are: delivered, bounce+550",
            Assert.Single(await ListAsync($"/v1/mail/messages/{id}/attempts")).Text("reply"));
    }

    [Fact]
    public async Task Sandbox_is_not_billed_and_explain_knows_the_way()
    {
        var before = await BilledAsync();
        await _api.StatusAsync(await SendAsync("delivered"), "sent");
        Assert.Equal(before, await BilledAsync());

        using var response = await _api.PostAsJsonAsync("/v1/mail/explain", MailClient.Message($"delivered@{Domain}"));
        Assert.Contains("\"route\":\"sandbox\"", (await response.ReadAsync(HttpStatusCode.OK)).GetRawText());
    }

    private Task<string> SendAsync(string localPart) => _api.SendAsync(new
    {
        from = MailClient.Sender, to = $"{localPart}@{Domain}", subject = "News", text = "Hello", html = "<p>Hello <a href=\"https://example.com/\">there</a></p>",
        tracking = new { opens = true, clicks = true },
    });

    private async Task<long> BilledAsync() => (await _api.GetAsync("/v1/billing/usage", HttpStatusCode.OK)).GetProperty("emailsSent").GetInt64();

    private async Task<List<JsonElement>> ListAsync(string path) =>
        [.. (await _api.GetAsync(path, HttpStatusCode.OK)).GetProperty("data").EnumerateArray()];

    private async Task<List<string>> TypesAsync(string id) =>
        [.. (await ListAsync($"/v1/mail/messages/{id}/timeline")).Select(item => item.Text("type"))];
}
