using System.Text.RegularExpressions;
using Mail.Core.Messages;
using Mail.Core.Templates;
using Mail.Core.TrackedMail;
using Mail.Protocol.Mime;
using Mail.TestKit.Smtp;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Delivery;

public sealed partial class PersonalMailTests
{
    private const string Html = "<html><body><a href=\"https://shop.test/a?b=1&amp;c=2\">a</a><a href=\"mailto:x@y.test\">b</a></body></html>";

    [Fact]
    public async Task Every_recipient_of_tracked_mail_gets_links_of_their_own()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: ("Mail:Tracking:Origin", "https://t.test"));
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync(message => message with
        {
            Recipients = [WorkerSystem.To("ann@example.test"), WorkerSystem.To("bob@example.test")], Html = Html, Tracking = new Tracking(true, true),
        });
        await system.WhenAsync(id, MessageStatus.Sent);

        Assert.Equal(2, sink.Messages.Count);
        var links = system.Front.Services.GetRequiredService<TrackingLinks>();
        var bodies = sink.Messages.Select(message => Parse(message).Html!).ToList();
        var clicks = bodies.Select(body => links.Read(TrackingAction.Click, Click().Match(body).Groups[1].Value)!).ToList();
        var opens = bodies.Select(body => links.Read(TrackingAction.Open, Pixel().Match(body).Groups[1].Value)!).ToList();
        Assert.Equal([0, 1], clicks.Select(target => (int)target.Recipient).Order());
        Assert.Equal([0, 1], opens.Select(target => (int)target.Recipient).Order());
        Assert.All(clicks, target => Assert.Equal((id, "https://shop.test/a?b=1&c=2"), (target.Message, target.Url)));
        Assert.All(bodies, body => Assert.Contains("href=\"mailto:x@y.test\"", body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_way_to_unsubscribe_is_signed_by_dkim()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: ("Mail:Tracking:Origin", "http://t.test"));
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync(message => message with { Unsubscribe = true });
        await system.WhenAsync(id, MessageStatus.Sent);

        var mail = Parse(Assert.Single(sink.Messages));
        var unsubscribe = ListUnsubscribe.Parse(mail.Headers)!;
        Assert.True(unsubscribe.OneClick);
        Assert.StartsWith("https://t.test/u/", unsubscribe.Https, StringComparison.Ordinal);
        var target = system.Front.Services.GetRequiredService<TrackingLinks>().Read(TrackingAction.Unsubscribe, unsubscribe.Https!["https://t.test/u/".Length..])!;
        Assert.Equal((id, (short)0), (target.Message, target.Recipient));
        // RFC 8058 §4: both fields are covered by a signature.
        var signed = Signed().Match(mail.Headers.Find("DKIM-Signature")!.Unfolded).Groups[1].Value.ToLowerInvariant().Split(':', StringSplitOptions.TrimEntries);
        Assert.Contains("list-unsubscribe", signed);
        Assert.Contains("list-unsubscribe-post", signed);
    }

    [Fact]
    public async Task The_body_of_each_recipient_has_their_own_address_to_unsubscribe_which_counts_no_clicks()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint, settings: ("Mail:Tracking:Origin", "https://t.test"));
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync(message => message with
        {
            Recipients = [WorkerSystem.To("ann@example.test"), WorkerSystem.To("bob@example.test")],
            Html = "<p><a href=\"https://shop.test/\">a</a> <a href=\"{{unsubscribeUrl}}\">Unsubscribe</a></p>",
            Text = null, Render = new TemplateUse(null, null, null), Unsubscribe = true, Tracking = new Tracking(true, true),
        });
        await system.WhenAsync(id, MessageStatus.Sent);

        var links = system.Front.Services.GetRequiredService<TrackingLinks>();
        var mails = sink.Messages.Select(Parse).ToList();
        var tokens = mails.Select(mail => Unsubscribe().Match(mail.Html!).Groups[1].Value).ToList();
        var targets = tokens.Select(token => links.Read(TrackingAction.Unsubscribe, token)!).ToList();
        Assert.Equal([0, 1], targets.Select(target => (int)target.Recipient).Order());
        Assert.All(targets, target => Assert.Equal(id, target.Message));
        Assert.All(mails.Zip(tokens), pair => Assert.Contains($"https://t.test/u/{pair.Second}", pair.First.Text, StringComparison.Ordinal));
        Assert.All(mails.Zip(tokens), pair => Assert.Equal($"https://t.test/u/{pair.Second}", ListUnsubscribe.Parse(pair.First.Headers)!.Https));
        Assert.All(mails, mail => Assert.DoesNotContain("unsubscribe.invalid", mail.Html + mail.Text, StringComparison.Ordinal));
        Assert.All(mails, mail => Assert.Single(Click().Matches(mail.Html!)));
    }

    [Fact]
    public async Task Mail_that_asks_for_nothing_goes_once_and_as_it_is()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        await system.StartWorkerAsync();

        var id = await system.AcceptAsync(message => message with
        {
            Recipients = [WorkerSystem.To("ann@example.test"), WorkerSystem.To("bob@example.test")], Html = Html,
        });
        await system.WhenAsync(id, MessageStatus.Sent);

        var mail = Parse(Assert.Single(sink.Messages));
        Assert.Equal(Html, mail.Html!.TrimEnd());
        Assert.Null(mail.Headers.Find("List-Unsubscribe"));
    }

    private static MimeMessage Parse(ReceivedMessage message) => MimeMessage.Parse(message.Content);

    [GeneratedRegex("href=\"https://t\\.test/t/c/([^\"]+)\"")]
    private static partial Regex Click();

    [GeneratedRegex("src=\"https://t\\.test/t/o/([^\"]+)\"")]
    private static partial Regex Pixel();

    [GeneratedRegex("href=\"https://t\\.test/u/([^\"]+)\"")]
    private static partial Regex Unsubscribe();

    [GeneratedRegex(@"\bh=([^;]+)")]
    private static partial Regex Signed();
}
