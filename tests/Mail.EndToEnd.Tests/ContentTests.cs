using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Mail.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Mail.EndToEnd.Tests;

/// <summary>
/// A mailing to a thousand people, from the template to the last click: what the API tells of it is what was done, number by number.
/// </summary>
[Collection(DirectCollection.Name)]
public sealed class ContentTests(DirectSystem fixture, ITestOutputHelper output) : IAsyncLifetime
{
    private const string Tester = $"tester@{DirectSystem.RecipientDomain}";
    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private const string Scanner = "Barracuda Sentinel (EE)";
    private const int Delivered = Newsletter.Good + Newsletter.Later, Bounced = Newsletter.Gone + Newsletter.Full + Newsletter.Refused + Newsletter.Closed;
    private const int Openers = 300, OpenTwice = 40, ScannedOpens = 25, Clickers = 120, ClickTwice = 10, ScannedClicks = 5, Leavers = 30, LeaveTwice = 5;
    // So few of so many do not pause the sender.
    private const int Complainers = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly MailSystem _system = fixture.Instance;
    private readonly HttpClient _public = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(fixture.Instance.Development.ApiUrl) };
    private readonly Newsletter _newsletter = new(fixture.Instance.Live);

    public Task InitializeAsync()
    {
        Newsletter.Script(fixture.Sink.Script);
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        _public.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Numbers_of_a_mailing_agree_with_what_was_done()
    {
        var clock = Stopwatch.StartNew();
        await _newsletter.MakeAsync();
        Assert.Equal(("News for ada & co", 0), await _newsletter.PreviewAsync(new { name = "ada & co" }));
        Assert.Equal(1, (await _newsletter.PreviewAsync(new { })).Missing);
        await _system.Live.StatusAsync(await _newsletter.TestSendAsync(Tester), "sent");

        var batches = await _newsletter.SendAsync(Newsletter.Audience);
        output.WriteLine($"n={Newsletter.Audience.Count} in {batches.Count} batches, accepted after {clock.Elapsed.TotalSeconds:f1} s");
        await SettledAsync(batches);
        output.WriteLine($"settled after {clock.Elapsed.TotalSeconds:f1} s");
        var mails = await ArrivedAsync();
        await EngageAsync(mails);
        output.WriteLine($"engaged after {clock.Elapsed.TotalSeconds:f1} s");
        await ComplainAsync();
        var suppressed = await SendToSuppressedAsync(mails);

        await AssertAnalyticsAsync(suppressed);
        await AssertEventsAsync(suppressed);
        await AssertBouncesAsync();
        await AssertSuppressionsAsync();
        Assert.Equal(Newsletter.Audience.Count + 1, (await _system.Live.GetAsync("/v1/billing/usage", HttpStatusCode.OK)).GetProperty("emailsSent").GetInt32());
        output.WriteLine($"all agreed after {clock.Elapsed.TotalSeconds:f1} s");
    }

    /// <summary>Until every message has its end; the batches tell the numbers.</summary>
    private async Task SettledAsync(List<string> batches)
    {
        var seen = new Dictionary<string, int>();
        await Eventually.IsTrueAsync("the batches are settled", Limit, async _ =>
        {
            seen.Clear();
            foreach (var batch in batches)
                foreach (var count in (await _system.Live.GetAsync($"/v1/mail/batch/{batch}", HttpStatusCode.OK)).GetProperty("data").GetProperty("counts").EnumerateObject())
                    seen[count.Name] = seen.GetValueOrDefault(count.Name) + count.Value.GetInt32();
            return seen.GetValueOrDefault("sent") + seen.GetValueOrDefault("bounced") == Newsletter.Audience.Count;
        }, () => string.Join(", ", seen) + '\n' + string.Join('\n', fixture.Sink.Commands.TakeLast(20)));
        Assert.Equal((Delivered, Bounced), (seen["sent"], seen["bounced"]));
    }

    /// <summary>The mails in the sink: each of the audience that can be reached has one, with its own name, links and both files.</summary>
    private async Task<Dictionary<string, ReadMail>> ArrivedAsync()
    {
        var arrived = fixture.Sink.Messages.Where(mail => mail.Recipients.Any(path => path.StartsWith("<good-", StringComparison.Ordinal) || path.StartsWith("<later-", StringComparison.Ordinal)));
        var mails = await ReadMail.AllAsync(arrived);
        Assert.Equal(Newsletter.Audience.Take(Delivered).Order(), mails.Select(mail => mail.To).Order());
        var files = _newsletter.Files.Select(file => ReadMail.FileOf(file.Name, file.Content)).ToList();
        Assert.All(mails, mail =>
        {
            Assert.Equal($"News for {Newsletter.NameOf(mail.To)}", mail.Subject);
            Assert.Equal(files, mail.Files);
            Assert.StartsWith($"{DirectSystem.TrackingOrigin}/t/c/", Assert.Single(mail.Links));
            Assert.StartsWith($"{DirectSystem.TrackingOrigin}/t/o/", Assert.Single(mail.Pictures));
            Assert.Equal("List-Unsubscribe=One-Click", mail.Post);
            Assert.Contains("list-unsubscribe-post", mail.Signed, StringComparison.Ordinal);
        });
        Assert.Single(fixture.Sink.Messages, mail => mail.Recipients.Any(path => path.StartsWith($"<{Tester}>", StringComparison.Ordinal)));
        return mails.ToDictionary(mail => mail.To);
    }

    private async Task EngageAsync(Dictionary<string, ReadMail> mails)
    {
        var people = Newsletter.Audience.Take(Delivered).Select(address => mails[address]).ToList();
        var opens = people.Take(Openers).Concat(people.Take(OpenTwice)).Select(mail => (mail, Browser))
            .Concat(people.Skip(Openers).Take(ScannedOpens).Select(mail => (mail, Scanner)));
        await Parallel.ForEachAsync(opens, async (open, _) =>
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Get, open.mail.Pictures[0], open.Item2)).Status));
        var clicks = people.Take(Clickers).Concat(people.Take(ClickTwice)).Select(mail => (mail, Browser))
            .Concat(people.Skip(Openers).Take(ScannedClicks).Select(mail => (mail, Scanner)));
        await Parallel.ForEachAsync(clicks, async (click, _) => Assert.Equal(
            (HttpStatusCode.Found, $"https://shop.example/offer?for={Newsletter.NameOf(click.mail.To)}"), await AskAsync(HttpMethod.Get, click.mail.Links[0], click.Item2)));
        foreach (var mail in people.Skip(Clickers).Take(Leavers).Concat(people.Skip(Clickers).Take(LeaveTwice)))
        {
            // Looking at the page changes nothing.
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Get, mail.Unsubscribe, Browser)).Status);
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Post, mail.Unsubscribe, Browser)).Status);
        }
    }

    /// <summary>One provider writes to the address for complaints, twice; another to the return path; a third takes something back.</summary>
    private async Task ComplainAsync()
    {
        var paths = Complaining.Select(ReturnPathOf).Append(ReturnPathOf(Newsletter.Audience[0])).ToList();
        var feedback = $"fbl@{paths[0][(paths[0].IndexOf('@', StringComparison.Ordinal) + 1)..]}";
        await FeedbackReports.SendAsync(_system.Development.SmtpPort,
        [
            new(feedback, "abuse", paths[0]), new(feedback, "abuse", paths[0]), new(paths[1], "abuse", paths[1]), new(feedback, "not-spam", paths[2]),
        ]);
    }

    // People who did nothing else.
    private static IEnumerable<string> Complaining => Newsletter.Audience.Skip(Openers + ScannedOpens).Take(Complainers);

    private string ReturnPathOf(string address)
    {
        var mail = Assert.Single(fixture.Sink.Messages, mail => mail.Recipients[0].StartsWith($"<{address}>", StringComparison.Ordinal));
        return mail.ReversePath[1..mail.ReversePath.IndexOf('>', StringComparison.Ordinal)];
    }

    /// <summary>Who left, complained or is not there gets nothing any more. Returns how many that were.</summary>
    private async Task<int> SendToSuppressedAsync(Dictionary<string, ReadMail> mails)
    {
        var before = mails.Count;
        List<string> audience =
        [
            .. Newsletter.Audience.Skip(Clickers).Take(Leavers), .. Complaining, .. Newsletter.Audience.Where(address => address.StartsWith("gone-", StringComparison.Ordinal)),
        ];
        var batch = Assert.Single(await _newsletter.SendAsync(audience));
        var counts = (await _system.Live.GetAsync($"/v1/mail/batch/{batch}", HttpStatusCode.OK)).GetProperty("data").GetProperty("counts");
        Assert.Equal(audience.Count, counts.GetProperty("suppressed").GetInt32());
        Assert.Equal(before, fixture.Sink.Messages.Count(mail => mails.ContainsKey(mail.Recipients[0][1..mail.Recipients[0].IndexOf('>', StringComparison.Ordinal)])));
        return audience.Count;
    }

    private async Task AssertAnalyticsAsync(int suppressed)
    {
        var expected = new Dictionary<string, long>
        {
            ["accepted"] = Newsletter.Audience.Count + 1, ["sent"] = Delivered + 1, ["delivered"] = Delivered + 1, ["deferred"] = Newsletter.Later,
            ["bounced"] = Bounced, ["hardBounced"] = Newsletter.Gone + Newsletter.Closed, ["softBounced"] = Newsletter.Full, ["complained"] = Complainers,
            ["suppressed"] = suppressed, ["failed"] = 0, ["opened"] = Openers + OpenTwice + ScannedOpens, ["uniqueOpened"] = Openers,
            ["clicked"] = Clickers + ClickTwice + ScannedClicks, ["uniqueClicked"] = Clickers, ["unsubscribed"] = Leavers,
        };
        Dictionary<string, long> seen = [];
        await Eventually.IsTrueAsync("opens and clicks are written down", Limit, async _ =>
        {
            var totals = (await _system.Live.GetAsync("/v1/mail/analytics", HttpStatusCode.OK)).GetProperty("data").GetProperty("totals");
            seen = expected.Keys.ToDictionary(name => name, name => totals.GetProperty(name).GetInt64());
            return seen["opened"] >= expected["opened"] && seen["clicked"] >= expected["clicked"];
        }, () => string.Join(", ", seen));
        output.WriteLine(string.Join(", ", seen.Select(number => $"{number.Key} {number.Value}")));
        Assert.Equal(Lines(expected), Lines(seen));
    }

    private async Task AssertEventsAsync(int suppressed)
    {
        var expected = new Dictionary<string, long>
        {
            ["mail.message.sent"] = Delivered + 1, ["mail.message.bounced"] = Bounced, ["mail.message.deferred"] = Newsletter.Later,
            ["mail.message.opened"] = Openers + OpenTwice + ScannedOpens, ["mail.message.clicked"] = Clickers + ClickTwice + ScannedClicks,
            ["mail.message.unsubscribed"] = Leavers, ["mail.message.suppressed"] = suppressed, ["mail.message.failed"] = 0,
            ["mail.message.complained"] = Complainers, ["mail.suppression.created"] = Newsletter.Gone + Newsletter.Closed + Leavers + Complainers,
        };
        var seen = new Dictionary<string, long>();
        foreach (var type in expected.Keys)
            seen[type] = (await AllAsync($"/v1/mail/events?type={type}&limit=100")).Count;
        Assert.Equal(Lines(expected), Lines(seen));
    }

    private async Task AssertBouncesAsync()
    {
        var all = await AllAsync("/v1/mail/bounces?limit=100");
        var kinds = all.Select(bounce => bounce.Text("email").Split('-')[0] + ' ' + bounce.Text("type")).CountBy(kind => kind).OrderBy(kind => kind.Key);
        Assert.Equal(
            [new("closed hard", Newsletter.Closed), new("full soft", Newsletter.Full), new("gone hard", Newsletter.Gone), new("refused unknown", Newsletter.Refused)], kinds);
    }

    private async Task AssertSuppressionsAsync()
    {
        var all = await AllAsync("/v1/mail/suppressions?limit=100");
        Assert.Equal(
            Newsletter.Audience.Where(address => address.StartsWith("gone-", StringComparison.Ordinal) || address.StartsWith("closed-", StringComparison.Ordinal)).Order(),
            all.Where(item => item.Text("reason") == "hard_bounce").Select(item => item.Text("email")).Order());
        Assert.Equal(
            Newsletter.Audience.Skip(Clickers).Take(Leavers).Order(),
            all.Where(item => item.Text("reason") == "unsubscribe").Select(item => item.Text("email")).Order());
        Assert.Equal(Complaining.Order(), all.Where(item => item.Text("reason") == "complaint").Select(item => item.Text("email")).Order());
        Assert.Equal(Newsletter.Gone + Newsletter.Closed + Leavers + Complainers, all.Count);
    }

    private async Task<List<JsonElement>> AllAsync(string path)
    {
        var all = new List<JsonElement>();
        for (var cursor = ""; ;)
        {
            var page = await _system.Live.GetAsync(path + cursor, HttpStatusCode.OK);
            all.AddRange(page.GetProperty("data").EnumerateArray());
            if (!page.GetProperty("hasMore").GetBoolean())
                return all;
            cursor = $"&cursor={Uri.EscapeDataString(page.Text("nextCursor"))}";
        }
    }

    private async Task<(HttpStatusCode Status, string? Location)> AskAsync(HttpMethod method, string url, string userAgent)
    {
        using var request = new HttpRequestMessage(method, new Uri(url).PathAndQuery);
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        if (method == HttpMethod.Post)
            request.Content = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        using var response = await _public.SendAsync(request);
        return (response.StatusCode, response.Headers.Location?.AbsoluteUri);
    }

    private static string Lines(Dictionary<string, long> numbers) => string.Join('\n', numbers.Select(number => $"{number.Key} {number.Value}"));
}
