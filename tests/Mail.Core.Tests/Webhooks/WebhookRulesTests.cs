using Mail.Core.Events;
using Mail.Core.Webhooks;

namespace Mail.Core.Tests.Webhooks;

public sealed class WebhookRulesTests
{
    private static readonly WebhookOptions _production = new();
    private static readonly WebhookOptions _development = new() { AllowHttp = true, AllowLoopback = true };

    [Theory]
    [InlineData("https://example.com/hooks")]
    [InlineData("https://example.com:8443/hooks?key=1")]
    [InlineData("HTTPS://Example.com")]
    [InlineData("https://bücher.example/")]
    [InlineData("https://93.184.216.34/")]
    [InlineData("https://[2606:4700::1]/")]
    public void Public_urls_by_https_are_good(string url) => Assert.Null(WebhookUrl.Check(url, _production));

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    [InlineData("/hooks")]
    [InlineData("http://example.com/")]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https:example.com")]
    [InlineData("https:///path")]
    [InlineData("https://user@example.com/")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("https://@example.com/")]
    [InlineData("https://example.com/#part")]
    [InlineData("https://example.com /")]
    [InlineData("https://example.com/\r\nX-Injected: 1")]
    [InlineData("https://example.com\\@127.0.0.1/")]
    [InlineData("https://example.com:25/")]
    [InlineData("https://example.com:22/")]
    [InlineData("https://localhost/")]
    [InlineData("https://intranet/")]
    [InlineData("https://db.internal/")]
    [InlineData("https://printer.local/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/")]
    [InlineData("https://127.0.0.1./")]
    [InlineData("https://1.2.3.4.5/")]
    [InlineData("https://-bad-.example/")]
    public void Other_urls_are_refused_with_a_sentence(string url)
    {
        var problem = WebhookUrl.Check(url, _production);

        Assert.StartsWith("url ", problem, StringComparison.Ordinal);
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_long_a_url_is_refused() => Assert.NotNull(WebhookUrl.Check("https://example.com/" + new string('a', 2048), _production));

    [Theory]
    [InlineData("http://localhost:5000/hooks")]
    [InlineData("http://127.0.0.1:5000/hooks")]
    public void Development_reaches_the_same_machine(string url) => Assert.Null(WebhookUrl.Check(url, _development));

    [Fact]
    public void Development_does_not_reach_the_network_around_it() => Assert.NotNull(WebhookUrl.Check("http://192.168.1.1/", _development));

    [Fact]
    public void Schedule_is_that_of_the_contract()
    {
        var waits = Enumerable.Range(1, WebhookSchedule.MaxAttempts).Select(attempt => WebhookSchedule.Next(attempt, null, 0.5)).ToList();

        Assert.Equal(10, WebhookSchedule.MaxAttempts);
        Assert.Equal(
            new TimeSpan?[]
            {
                TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
                TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24), null,
            },
            waits);
    }

    [Fact]
    public void Jitter_is_a_tenth() => Assert.Equal(
        (TimeSpan.FromSeconds(4.5), TimeSpan.FromSeconds(5.5)), (WebhookSchedule.Next(1, null, 0), WebhookSchedule.Next(1, null, 1)));

    [Theory]
    [InlineData(60, 60)]
    [InlineData(1, 5)]
    [InlineData(-10, 5)]
    [InlineData(1_000_000_000, 86_400)]
    public void What_the_receiver_asks_for_lengthens_the_wait_up_to_a_day(int asked, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), WebhookSchedule.Next(1, TimeSpan.FromSeconds(asked), 0.5));

    [Theory]
    [InlineData("Bounce", "email.bounced")]
    [InlineData("email.bounced", "email.bounced")]
    [InlineData("Sent", "email.sent")]
    [InlineData("Delivered", "email.delivered")]
    [InlineData("Complaint", "email.complained")]
    [InlineData("Open", "email.opened")]
    [InlineData("Click", "email.clicked")]
    [InlineData("Reject", "email.rejected")]
    [InlineData("DeliveryDelay", "email.deferred")]
    [InlineData("*", "*")]
    [InlineData("mail.message.bounced", null)]
    [InlineData("0", null)]
    [InlineData("", null)]
    public void Account_types_have_two_spellings(string given, string? expected) => Assert.Equal(expected, WebhookEventTypes.Find(WebhookDialect.Account, given));

    [Fact]
    public void Mail_types_are_those_of_events()
    {
        Assert.All(EventTypes.All, type => Assert.Equal(type, WebhookEventTypes.Find(WebhookDialect.Mail, type)));
        Assert.Null(WebhookEventTypes.Find(WebhookDialect.Mail, "email.bounced"));
        Assert.Null(WebhookEventTypes.Find(WebhookDialect.Mail, WebhookEventTypes.Test));
    }

    [Fact]
    public void Wanting_all_of_an_account_is_wanting_what_it_has_names_for()
    {
        var wanted = WebhookEventTypes.WantedBy(WebhookDialect.Account, ["*"]);

        Assert.Contains(EventTypes.MessageBounced, wanted);
        Assert.Contains(EventTypes.MessageSuppressed, wanted);
        Assert.DoesNotContain(EventTypes.MessageQueued, wanted);
        Assert.DoesNotContain("*", wanted);
    }

    [Fact]
    public void Wanting_all_does_not_take_away_what_is_named_besides() => Assert.Equal(
        ["*", EventTypes.WebhookDeliveryFailed],
        WebhookEventTypes.WantedBy(WebhookDialect.Mail, ["*", EventTypes.WebhookDeliveryFailed, EventTypes.MessageSent]));
}
