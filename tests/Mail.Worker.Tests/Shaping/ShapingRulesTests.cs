using Mail.Core.Queue;
using Mail.Worker.Delivery;
using Mail.Worker.Shaping;

namespace Mail.Worker.Tests.Shaping;

public sealed class ShapingRulesTests
{
    [Theory]
    [InlineData("gmail.com", "gmail-smtp-in.l.google.com", "gmail")]
    [InlineData("firm.test", "aspmx.l.google.com", "gmail")]
    [InlineData("firm.test", "ASPMX.L.GOOGLE.COM", "gmail")]
    [InlineData("hotmail.com", "anything.test", "microsoft")]
    [InlineData("firm.test", "firm-test.mail.protection.outlook.com", "microsoft")]
    [InlineData("yahoo.com", "mta5.am0.yahoodns.net", "yahoo")]
    [InlineData("icloud.com", "mx01.mail.icloud.com", "apple")]
    [InlineData("gmx.de", "mx00.gmx.net", "united-internet")]
    [InlineData("web.de", "mx-ha02.web.de", "united-internet")]
    [InlineData("firm.test", "mx.firm.test", null)]
    [InlineData("firm.test", "evilgoogle.com", null)]
    [InlineData("firm.test", "google.com.evil.test", null)]
    public void Providers_are_known_by_domain_or_by_mx_host(string domain, string host, string? provider) =>
        Assert.Equal(provider, ShapingRules.Default.ProviderOf(domain, host)?.Name);

    [Theory]
    [InlineData("gmail", 421, "4.7.28", "Our system has detected an unusual rate of unsolicited mail", null, 15)]
    [InlineData("microsoft", 451, "4.7.650", "The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.", null, 15)]
    [InlineData("yahoo", 421, "4.7.0", "[TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints", null, 30)]
    [InlineData("other", 421, null, "Too many connections from your host", 0.5, 5)]
    [InlineData("other", 452, "4.3.1", "Throttled, come back later", 0.5, 10)]
    public void What_providers_say_is_understood(string provider, int code, string? enhanced, string text, double? factor, int minutes) =>
        Assert.Equal(new Reaction(factor, TimeSpan.FromMinutes(minutes)), ShapingRules.Default.ReactionTo(provider, Said(code, enhanced, text)));

    [Theory]
    [InlineData(450, "4.2.0", "Greylisted, try again in 300 seconds")]
    [InlineData(452, "4.2.2", "mailbox full")]
    [InlineData(550, "5.7.1", "too many connections")]
    public void Words_about_a_mailbox_or_for_good_change_no_speed(int code, string enhanced, string text) =>
        Assert.Null(ShapingRules.Default.ReactionTo("other", Said(code, enhanced, text)));

    [Fact]
    public void An_operators_lines_win()
    {
        var rules = ShapingRules.Read([new StringReader(
            """
            # our own
            provider | gmail | gmail.com | connections=3 opens=6/min messages=7 rate=120/min
            react | gmail | 421 | slow 0.1 2h | unusual
            """), new StringReader("provider | gmail | gmail.com | connections=20\nreact | gmail | 421 | suspend 1m | unusual")]);

        Assert.Equal(new Limits(3, 6, 7, 2), rules.ProviderOf("gmail.com", "x")!.Limits);
        Assert.Equal(new Reaction(0.1, TimeSpan.FromHours(2)), rules.ReactionTo("gmail", Said(421, null, "unusual rate")));
    }

    [Theory]
    [InlineData("provider | x | a.test")]
    [InlineData("provider | x | a.test | connections=0")]
    [InlineData("provider | x | a.test | speed=1")]
    [InlineData("provider | x | a.test | rate=5/week")]
    [InlineData("react | x | 4 | stop 5m | a")]
    [InlineData("react | x | 4 | slow 2 5m | a")]
    [InlineData("react | x | 4 | suspend soon | a")]
    [InlineData("anything")]
    public void A_line_that_is_no_rule_is_named(string line)
    {
        var error = Assert.Throws<FormatException>(() => ShapingRules.Read([new StringReader($"# first\n{line}")]));
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }

    private static Verdict Said(int code, string? enhanced, string text) =>
        new(DeliveryOutcome.Deferred, DeliveryStage.RcptTo, DeliveryCause.Reply, code, enhanced, text);
}
