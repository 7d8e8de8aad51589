using System.Net;
using System.Text.Json;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Core.TrackedMail;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Features.TrackedMail;

[Collection(ApiCollection.Name)]
public sealed class TrackingTests(ApiFixture api)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20), Probe = TimeSpan.FromMilliseconds(10);
    private readonly HttpClient _anybody = api.Application.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    [Fact]
    public async Task An_open_answers_a_picture_and_becomes_an_event()
    {
        var (tenant, message) = await SentAsync();
        var path = $"/t/o/{Token(tenant, message, TrackingAction.Open)}";

        using var head = await AskAsync(HttpMethod.Head, path);
        using var response = await AskAsync(HttpMethod.Get, path);

        Assert.Equal(("image/gif", 42L), (response.Content.Headers.ContentType!.MediaType!, response.Content.Headers.ContentLength));
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        var data = (await EventAsync(tenant, message, "mail.message.opened")).At("data");
        Assert.Equal(("ada@recipient.test", "Firefox/120"), (data.Text("recipient"), data.Text("userAgent")));
        Assert.Equal(1, await CountAsync(tenant, "mail.message.opened"));
    }

    [Theory]
    [InlineData("https://shop.test/a?b=c&d=e#f", "https://shop.test/a?b=c&d=e#f")]
    [InlineData("https://bücher.test/ü", "https://xn--bcher-kva.test/%C3%BC")]
    public async Task A_click_leads_to_its_target(string url, string location)
    {
        var (tenant, message) = await SentAsync();

        using var response = await AskAsync(HttpMethod.Get, $"/t/c/{Token(tenant, message, TrackingAction.Click, url)}");

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal(location, response.Headers.GetValues("Location").Single());
        Assert.Equal(url, (await EventAsync(tenant, message, "mail.message.clicked")).Text("data", "url"));
    }

    [Fact]
    public async Task Nothing_leads_anywhere_that_we_did_not_sign()
    {
        var (tenant, message) = await SentAsync();
        var click = Token(tenant, message, TrackingAction.Click, "https://shop.test/");
        var foreign = new TrackingLinks(new Core.Secrets.SignedTokens([new byte[32]]))
            .Write(TrackingAction.Click, tenant.Organization, Read(message), 0, "https://evil.test/");
        foreach (var path in new[]
        {
            $"/t/c/{foreign}", $"/t/c/{click}A", $"/t/c/{click[..^2]}", $"/t/o/{click}", $"/u/{click}", "/t/c/https:%2F%2Fevil.test", "/t/c/%20",
            "/t/o/" + new string('A', 9000), "/u/AAAA",
        })
        {
            using var response = await AskAsync(HttpMethod.Get, path);
            Assert.Equal("There is no such page.", (await response.ReadAsync(404)).Text("detail"));
        }
        using var post = await AskAsync(HttpMethod.Post, $"/u/{click}");
        await post.ReadAsync(404);
    }

    [Fact]
    public async Task A_get_shows_a_page_and_never_unsubscribes()
    {
        var (tenant, message) = await SentAsync();
        var path = $"/u/{Token(tenant, message, TrackingAction.Unsubscribe)}";

        using var response = await AskAsync(HttpMethod.Get, path);

        var page = await response.Content.ReadAsStringAsync();
        Assert.Contains("<form method=\"post\">", page, StringComparison.Ordinal);
        Assert.Contains("ada@recipient.test", page, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(tenant, "mail.message.unsubscribed"));
    }

    [Fact]
    public async Task A_post_unsubscribes_once_before_it_is_answered()
    {
        var (tenant, message) = await SentAsync();
        var path = $"/u/{Token(tenant, message, TrackingAction.Unsubscribe)}";

        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new FormUrlEncodedContent([KeyValuePair.Create("List-Unsubscribe", "One-Click")]),
            };
            using var response = await _anybody.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(1, await CountAsync(tenant, "mail.message.unsubscribed"));
        }
        var data = (await tenant.Client.GetJsonAsync("/v1/mail/analytics")).At("data", "totals");
        Assert.Equal(1, data.At("unsubscribed").GetInt64());
        var suppression = Assert.Single((await tenant.Client.GetJsonAsync("/v1/mail/suppressions")).At("data").EnumerateArray());
        Assert.Equal(("ada@recipient.test", "unsubscribe"), (suppression.Text("email"), suppression.Text("reason")));
        using var next = await tenant.Client.PostJsonAsync("/v1/mail/send", tenant.Message());
        Assert.Equal("suppressed", (await next.ReadAsync(202)).Text("data", "status"));
    }

    [Fact]
    public async Task What_a_message_asks_for_is_stored_and_its_domain_decides_the_rest()
    {
        var tenant = await api.TenantAsync();
        await api.Application.ExecuteAsync("update domains set track_opens = true where organization_id = $1", tenant.Organization.Value);
        var plain = await tenant.SendAsync(new { from = tenant.Sender, to = "a@r.test", subject = "s", html = "<p>x</p>" });
        var own = await tenant.SendAsync(new { from = tenant.Sender, to = "a@r.test", subject = "s", html = "<p>x</p>", tracking = new { clicks = true }, unsubscribe = true });

        Assert.Equal("true false false", await FlagsAsync(plain));
        Assert.Equal("false true true", await FlagsAsync(own));
    }

    [Fact]
    public async Task Tracked_mail_has_a_place_in_the_queue_for_each_recipient()
    {
        var tenant = await api.TenantAsync();
        var id = await tenant.SendAsync(new { from = tenant.Sender, to = new[] { "a@r.test", "b@r.test", "c@q.test" }, subject = "s", text = "t", unsubscribe = true });
        Assert.Equal("0,1,2", await api.Application.QueryAsync<string>(
            "select string_agg(recipient::text, ',' order by recipient) from delivery_queue where message_id = $1", Read(id).Value));
    }

    [Fact]
    public async Task Two_ways_to_unsubscribe_are_refused()
    {
        var tenant = await api.TenantAsync();
        using var response = await tenant.Client.PostJsonAsync("/v1/mail/send", new
        {
            from = tenant.Sender, to = "a@r.test", subject = "s", text = "t", unsubscribe = true, tracking = new { open = true },
            headers = new Dictionary<string, string> { ["list-unsubscribe"] = "<https://a.test>" },
        });
        Assert.Equal(["/headers/list-unsubscribe reserved", "/tracking/open unknown_field"], (await response.ReadAsync(400)).FieldErrors());
    }

    private async Task<(Tenant Tenant, string Message)> SentAsync()
    {
        var tenant = await api.TenantAsync();
        var message = await tenant.SendAsync();
        await api.Application.ExecuteAsync(
            "update message_recipients set status = 'sent', settled_at = now() - interval '1 minute' where organization_id = $1", tenant.Organization.Value);
        return (tenant, message);
    }

    private string Token(Tenant tenant, string message, TrackingAction action, string url = "") =>
        api.Application.Services.GetRequiredService<TrackingLinks>().Write(action, tenant.Organization, Read(message), 0, url);

    private static MessageId Read(string message) => PrefixedId.TryParse<MessageId>(message, out var id) ? id : throw new FormatException(message);

    private Task<HttpResponseMessage> AskAsync(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.UserAgent.ParseAdd("Firefox/120");
        return _anybody.SendAsync(request);
    }

    private Task<long> CountAsync(Tenant tenant, string type) =>
        api.Application.QueryAsync<long>("select count(*) from events where organization_id = $1 and type = $2", tenant.Organization.Value, type);

    private Task<string> FlagsAsync(string message) => api.Application.QueryAsync<string>(
        "select concat_ws(' ', track_opens::text, track_clicks::text, unsubscribe::text) from messages where id = $1", Read(message).Value);

    // Written behind the answer.
    private async Task<JsonElement> EventAsync(Tenant tenant, string message, string type)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (await CountAsync(tenant, type) == 0)
            await Task.Delay(Probe, deadline.Token);
        var events = await tenant.Client.GetJsonAsync($"/v1/mail/events?type={type}&messageId={message}");
        return events.At("data")[0];
    }
}
