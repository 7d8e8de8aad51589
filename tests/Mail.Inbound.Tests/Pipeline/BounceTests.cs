using Mail.Core.Organizations;
using Mail.TestKit;
using Mail.TestKit.Servers;

namespace Mail.Inbound.Tests.Pipeline;

/// <summary>Mail to return paths, outside Development unless a test says otherwise.</summary>
public sealed class BounceTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private const string Ann = "ann@example.test";
    private const string Ben = "ben@example.test";

    [Fact]
    public async Task Bounce_reaches_the_recipient_that_the_return_path_names()
    {
        var mail = await SendAsync(Ann, Ben);

        Assert.Equal("250 2.0.0 OK report taken", await BounceAsync(mail.ReturnPath(1), Dsn("somebody-else@example.test", "5.1.1")));

        Assert.Equal([$"{Ann} sent", $"{Ben} bounced"], await mail.StatusesAsync());
        Assert.Equal([$"{Ben} hard recipient_unknown 550 5.1.1"], await mail.BouncesAsync());
        Assert.Equal([$"{Ben} hard_bounce"], await mail.SuppressionsAsync());
        Assert.Equal(["mail.message.bounced"], await mail.EventsAsync());
    }

    [Fact]
    public async Task Path_of_several_recipients_takes_the_address_of_the_report()
    {
        var mail = await SendAsync(Ann, Ben);

        Assert.StartsWith("250 ", await BounceAsync(mail.ReturnPath(null), Dsn("BEN@Example.TEST", "5.1.1")));
        Assert.StartsWith("250 ", await BounceAsync(mail.ReturnPath(null), Dsn("stranger@example.test", "5.1.1")));

        Assert.Equal([$"{Ann} sent", $"{Ben} bounced"], await mail.StatusesAsync());
    }

    [Fact]
    public async Task Same_bounce_again_counts_once()
    {
        var mail = await SendAsync(Ann);

        for (var i = 0; i < 3; i++)
            Assert.StartsWith("250 ", await BounceAsync(mail.ReturnPath(), Dsn(Ann, "5.1.1")));

        Assert.Single(await mail.BouncesAsync());
        Assert.Single(await mail.EventsAsync());
    }

    [Fact]
    public async Task Full_mailbox_bounces_and_is_not_suppressed()
    {
        var mail = await SendAsync(Ann);

        Assert.StartsWith("250 ", await BounceAsync(mail.ReturnPath(), Dsn(Ann, "5.2.2")));

        Assert.Equal([$"{Ann} soft mailbox_full 550 5.2.2"], await mail.BouncesAsync());
        Assert.Empty(await mail.SuppressionsAsync());
    }

    [Fact]
    public async Task Delay_changes_nothing()
    {
        var mail = await SendAsync(Ann);

        Assert.StartsWith("250 ", await BounceAsync(mail.ReturnPath(), Dsn(Ann, "4.4.1").Replace("Action: failed", "Action: delayed")));

        await AssertUnchangedAsync(mail);
    }

    [Theory]
    [InlineData("MAILER-DAEMON@mx.example.test", "", "550 5.1.1 <ann@example.test>: no such user here", "hard")]
    [InlineData("postmaster@mx.example.test", "postmaster@mx.example.test", "The user's mailbox is full (552 5.2.2)", "soft")]
    [InlineData("Mail-Daemon@mx.example.test", "", "We tried hard. Yours.", null)]
    [InlineData("someone@example.test", "", "My old address does not exist any more: 550 5.1.1 user unknown", null)]
    [InlineData("someone@example.test", "someone@example.test", "550 5.1.1 user unknown is what I get from you", null)]
    public async Task Words_without_structure_count_when_a_server_wrote_them(string from, string envelope, string text, string? type)
    {
        var mail = await SendAsync(Ann);

        Assert.StartsWith("250 ", await BounceAsync(mail.ReturnPath(), $"From: {from}\r\nSubject: your mail\r\n\r\n{text}", envelope));

        Assert.Equal(type is null ? 0 : 1, (await mail.BouncesAsync()).Count(bounce => bounce.Contains($" {type} ")));
    }

    [Fact]
    public async Task Absence_note_is_no_bounce()
    {
        var mail = await SendAsync(Ann);

        Assert.StartsWith("250 ", await BounceAsync(mail.ReturnPath(),
            $"From: {Ann}\r\nAuto-Submitted: auto-replied (vacation)\r\nSubject: Undeliverable until Monday\r\n\r\nYour mail to\r\n{Ann}: 550 5.1.1 user unknown\r\ncould not be delivered to me"));

        await AssertUnchangedAsync(mail);
    }

    [Fact]
    public async Task Altered_return_path_is_refused_at_rcpt()
    {
        var mail = await SendAsync(Ann);
        var path = mail.ReturnPath();
        var altered = string.Concat(path.AsSpan(0, 12), path[12] == 'a' ? "b" : "a", path.AsSpan(13));

        Assert.Equal("550 5.1.1 No such mailbox here", await RcptAsync(altered));
    }

    [Fact]
    public async Task Return_path_at_a_host_that_is_none_of_ours_is_refused() =>
        Assert.Equal("550 5.7.1 Relaying denied", await RcptAsync((await SendAsync(Ann)).ReturnPath(host: "mail.elsewhere.test")));

    [Fact]
    public async Task Custom_return_path_of_a_sending_domain_works()
    {
        var mail = await SendAsync(Ann);

        Assert.StartsWith("250 ", await BounceAsync(mail.ReturnPath(host: $"MAIL.{mail.Domain}"), Dsn(Ann, "5.1.1")));

        Assert.Single(await mail.BouncesAsync());
    }

    [Fact]
    public async Task Return_path_is_over_after_a_month()
    {
        var path = (await SendAsync(Ann)).ReturnPath();
        var clock = new ShiftedTime(TimeSpan.FromDays(32));
        await using var host = await InboundHost.StartAsync(fixture.Database.ConnectionString, "Production", clock);

        Assert.Equal("550 5.1.1 No such mailbox here", await RcptAsync(path, host));
    }

    [Fact]
    public async Task Message_that_is_gone_is_no_reason_to_refuse()
    {
        var mail = await SendAsync(Ann);
        await using (var delete = fixture.Database.DataSource.CreateCommand("delete from message_recipients where message_id = $1"))
        {
            delete.Parameters.AddWithValue(mail.Id.Value);
            await delete.ExecuteNonQueryAsync();
        }

        Assert.StartsWith("250 ", await BounceAsync(mail.ReturnPath(), Dsn(Ann, "5.1.1")));
    }

    [Fact]
    public async Task Bounce_is_taken_in_development_too_and_not_captured()
    {
        await fixture.ClearAsync();
        var mail = await SendAsync(Ann);

        Assert.StartsWith("250 ", await BounceAsync(mail.ReturnPath(), Dsn(Ann, "5.1.1"), host: fixture.Development));

        Assert.Single(await mail.BouncesAsync());
        Assert.Empty(await fixture.StoredAsync());
    }

    [Fact]
    public async Task Hostile_report_stores_what_can_be_stored()
    {
        var mail = await SendAsync(Ann);
        var dsn = Dsn(Ann, "5.1.1").Replace("no such user", "no such user \ud83d\ude00 " + new string('x', 5000)).Replace("Subject:", "Subject: \0");

        Assert.StartsWith("250 ", await BounceAsync(mail.ReturnPath(), dsn));

        Assert.Single(await mail.BouncesAsync());
    }

    public static TheoryData<string> Reports() =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests/Mail.Protocol.Tests/Dsn/Vectors"), "*.eml").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Theory]
    [MemberData(nameof(Reports))]
    public async Task Report_of_every_shape_has_its_effect_or_none(string name)
    {
        var mail = await SendAsync(Ann);
        var file = Path.Combine(Repository.Root, "tests/Mail.Protocol.Tests/Dsn/Vectors", name);
        var expected = await File.ReadAllLinesAsync(file + ".expected");
        var isFailure = expected.Skip(1).Any(line => line.Contains(" Failed "));

        Assert.StartsWith("250 ", await BounceAsync(mail.ReturnPath(), (await File.ReadAllTextAsync(file + ".eml", System.Text.Encoding.Latin1)).ReplaceLineEndings("\r\n")));

        Assert.Equal(isFailure ? 1 : 0, (await mail.BouncesAsync()).Count);
    }

    private static string Dsn(string recipient, string status) => $"""
        From: MAILER-DAEMON@mx.example.test (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

        --b1

        I'm sorry.

        --b1
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.test

        Final-Recipient: rfc822; {recipient}
        Action: failed
        Status: {status}
        Diagnostic-Code: smtp; 550 {status} {(status == "5.2.2" ? "mailbox full" : "no such user")}

        --b1--
        """.ReplaceLineEndings("\r\n");

    private static async Task AssertUnchangedAsync(SentMail mail)
    {
        Assert.Equal([$"{Ann} sent"], await mail.StatusesAsync());
        Assert.Empty(await mail.BouncesAsync());
        Assert.Empty(await mail.EventsAsync());
    }

    private Task<SentMail> SendAsync(params string[] recipients) =>
        SentMail.CreateAsync(fixture.Development, fixture.Database.DataSource, SendingMode.Live, recipients);

    private async Task<string?> BounceAsync(string to, string content, string from = "", InboundHost? host = null)
    {
        await using var client = new LineClient((host ?? fixture.Production).Connect());
        await client.GreetAsync();
        return await client.MailAsync(content, from, to);
    }

    private async Task<string?> RcptAsync(string to, InboundHost? host = null)
    {
        await using var client = new LineClient((host ?? fixture.Production).Connect());
        await client.GreetAsync();
        return await client.AskAsync("MAIL FROM:<>", $"RCPT TO:<{to}>");
    }
}
