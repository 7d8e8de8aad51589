using System.Net;
using GeneratedRegexAttribute = System.Text.RegularExpressions.GeneratedRegexAttribute;
using Regex = System.Text.RegularExpressions.Regex;
using Mail.EndToEnd.Tests.Running;

namespace Mail.EndToEnd.Tests;

/// <summary>The links in mail of a system as <c>make run</c> starts it, followed by somebody without a key.</summary>
[Collection(CaptureCollection.Name)]
public sealed partial class TrackedLinksTests(CaptureSystem fixture)
{
    private readonly MailSystem _system = fixture.Instance;

    [Fact]
    public async Task The_links_of_a_mail_lead_to_the_api_and_unsubscribe_on_request_only()
    {
        var to = MailClient.NewRecipient();
        var id = await _system.Live.SendAsync(new
        {
            from = MailClient.Sender, to, subject = "News", variables = new { }, unsubscribe = true, tracking = new { clicks = true },
            html = "<p><a href=\"https://shop.example/\">Shop</a> <a href=\"{{unsubscribeUrl}}\">Unsubscribe</a></p>",
        });
        await _system.Live.StatusAsync(id, "sent");
        var mail = await _system.Live.GetAsync($"/v1/dev/inbox/{(await _system.Live.InboxAsync(to)).Text("id")}", HttpStatusCode.OK);
        var links = Links().Matches(mail.Text("html")).Select(match => new Uri(WebUtility.HtmlDecode(match.Groups[1].Value))).ToList();
        Assert.All(links, link => Assert.Equal(new Uri(_system.Development.ApiUrl).Authority, link.Authority));
        using var anybody = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });

        using var click = await anybody.GetAsync(links[0]);
        using var page = await anybody.GetAsync(links[1]);
        await NotSuppressedAsync(to);
        using var done = await anybody.PostAsync(links[1], null);

        Assert.Equal((HttpStatusCode.Found, "https://shop.example/"), (click.StatusCode, click.Headers.Location!.AbsoluteUri));
        Assert.Contains(to, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        var suppressed = await _system.Live.GetAsync($"/v1/mail/suppressions?email={Uri.EscapeDataString(to)}", HttpStatusCode.OK);
        Assert.Equal("unsubscribe", Assert.Single(suppressed.GetProperty("data").EnumerateArray()).Text("reason"));
    }

    private async Task NotSuppressedAsync(string address)
    {
        var suppressed = await _system.Live.GetAsync($"/v1/mail/suppressions?email={Uri.EscapeDataString(address)}", HttpStatusCode.OK);
        Assert.Empty(suppressed.GetProperty("data").EnumerateArray());
    }

    [GeneratedRegex("href=\"([^\"]+)\"")]
    private static partial Regex Links();
}
