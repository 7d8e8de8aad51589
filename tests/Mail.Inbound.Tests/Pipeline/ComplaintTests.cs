using Mail.Core.Organizations;
using Mail.TestKit.Servers;

namespace Mail.Inbound.Tests.Pipeline;

/// <summary>Feedback reports, outside Development.</summary>
public sealed class ComplaintTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private const string Ann = "ann@example.test";
    private const string Ben = "ben@example.test";
    private const string Address = "fbl@" + InboundHost.BounceDomain;

    [Fact]
    public async Task Complaint_reaches_the_recipient_by_the_return_path_in_the_report()
    {
        var mail = await SendAsync(Ann, Ben);

        Assert.Equal("250 2.0.0 OK report taken", await ReportAsync(Address, Arf($"Original-Mail-From: <{mail.ReturnPath(1)}>")));

        Assert.Equal([$"{Ben} abuse arf"], await mail.ComplaintsAsync());
        Assert.Equal([$"{Ben} complaint"], await mail.SuppressionsAsync());
        Assert.Equal(["mail.message.complained"], await mail.EventsAsync());
        Assert.Equal([$"{Ann} sent", $"{Ben} sent"], await mail.StatusesAsync());
    }

    [Fact]
    public async Task Return_path_of_the_returned_header_counts_where_the_report_left_it_out()
    {
        var mail = await SendAsync(Ann);

        Assert.StartsWith("250 ", await ReportAsync(Address, Arf("Source-IP: 192.0.2.1", $"Return-Path: <{mail.ReturnPath()}>")));

        Assert.Single(await mail.ComplaintsAsync());
    }

    [Fact]
    public async Task Report_at_the_return_path_itself_counts()
    {
        var mail = await SendAsync(Ann);

        Assert.StartsWith("250 ", await ReportAsync(mail.ReturnPath(), Arf("Source-IP: 192.0.2.1")));

        Assert.Single(await mail.ComplaintsAsync());
        Assert.Empty(await mail.BouncesAsync());
    }

    [Fact]
    public async Task Report_of_several_recipients_takes_the_address_it_names()
    {
        var mail = await SendAsync(Ann, Ben);

        Assert.StartsWith("250 ", await ReportAsync(Address, Arf($"Original-Mail-From: <{mail.ReturnPath(null)}>\r\nOriginal-Rcpt-To: <{Ben}>")));

        Assert.Equal([$"{Ben} abuse arf"], await mail.ComplaintsAsync());
    }

    [Theory]
    [InlineData("not-spam")]
    [InlineData("auth-failure")]
    public async Task What_is_no_complaint_changes_nothing(string type)
    {
        var mail = await SendAsync(Ann);

        Assert.StartsWith("250 ", await ReportAsync(Address, Arf($"Original-Mail-From: <{mail.ReturnPath()}>").Replace("Feedback-Type: abuse", $"Feedback-Type: {type}")));

        Assert.Empty(await mail.ComplaintsAsync());
    }

    [Fact]
    public async Task Report_that_names_the_message_only_in_its_words_changes_nothing()
    {
        var mail = await SendAsync(Ann);

        Assert.StartsWith("250 ", await ReportAsync(Address, Arf($"Original-Mail-From: <shop@{mail.Domain}>\r\nOriginal-Rcpt-To: <{Ann}>", $"Message-ID: <{mail.Id}@{mail.Domain}>")));

        Assert.Empty(await mail.ComplaintsAsync());
        Assert.Empty(await mail.SuppressionsAsync());
    }

    [Fact]
    public async Task Mail_of_a_provider_to_the_address_is_for_the_operator() =>
        Assert.StartsWith("250 2.0.0 OK queued as opm_", await ReportAsync(Address, "Subject: confirm your feedback loop\r\n\r\n123456"));

    public static TheoryData<string> Reports() =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests/Mail.Protocol.Tests/Arf/Vectors"), "*.eml").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Theory]
    [MemberData(nameof(Reports))]
    public async Task Report_of_every_shape_is_taken(string name)
    {
        var file = Path.Combine(Repository.Root, "tests/Mail.Protocol.Tests/Arf/Vectors", name + ".eml");

        Assert.StartsWith("250 ", await ReportAsync(Address, (await File.ReadAllTextAsync(file, System.Text.Encoding.Latin1)).ReplaceLineEndings("\r\n")));
    }

    private static string Arf(string fields, string header = "Subject: hello") => $"""
        From: fbl@provider.test
        Subject: FW: hello
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

        --b1

        A complaint.

        --b1
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: Provider/1.0
        Version: 1
        {fields}

        --b1
        Content-Type: message/rfc822

        {header}
        From: shop@sender.test

        hello
        --b1--
        """.ReplaceLineEndings("\r\n");

    private Task<SentMail> SendAsync(params string[] recipients) =>
        SentMail.CreateAsync(fixture.Development, fixture.Database.DataSource, SendingMode.Live, recipients);

    private async Task<string?> ReportAsync(string to, string content)
    {
        await using var client = new LineClient(fixture.Production.Connect());
        await client.GreetAsync();
        return await client.MailAsync(content, "reports@provider.test", to);
    }
}
