using Mail.Core.Organizations;
using Mail.TestKit.Servers;

namespace Mail.Inbound.Tests.Reports;

/// <summary>
/// Corpus/NN-name.eml: reports in the shapes that servers of the world give them, and what only looks like one, taken by
/// the listener as they come. Lines at the top say from whom, to which of our addresses, and what it has to change:
/// "type cause code status" of a bounce, "complaint type", "nothing", or "refused" with the reply.
/// </summary>
public sealed class ReportCorpusTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private const string Ann = "ann@people.example";
    private const string Ben = "ben@people.example";
    private const string Cleo = "cleo@people.example";
    private const string Feedback = "fbl@" + InboundHost.BounceDomain;

    public static TheoryData<string> Names() =>
        [.. Directory.GetFiles(Folder, "*.eml").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    private static string Folder => Path.Combine(Repository.Root, "tests/Mail.Inbound.Tests/Reports/Corpus");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Report_changes_what_it_has_to_for_the_right_recipient_once(string name)
    {
        var file = ReportFile.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".eml")));
        var mail = await SentMail.CreateAsync(fixture.Development, fixture.Database.DataSource, SendingMode.Live, Ann, Ben, Cleo);
        var bystander = await SentMail.CreateAsync(fixture.Development, fixture.Database.DataSource, SendingMode.Live, Ann, Ben, Cleo);

        // Again and again: a replay changes nothing.
        for (var i = 0; i < 3; i++)
            Assert.StartsWith(file.Reply, await SendAsync(file, mail));

        Assert.Equal(file.Bounce is null ? [] : [$"{Ben} {file.Bounce}"], await mail.BouncesAsync());
        Assert.Equal(file.Complaint is null ? [] : [$"{Ben} {file.Complaint} arf"], await mail.ComplaintsAsync());
        Assert.Equal([$"{Ann} sent", $"{Ben} {(file.Bounce is null ? "sent" : "bounced")}", $"{Cleo} sent"], await mail.StatusesAsync());
        Assert.Equal(file.Suppression is null ? [] : [$"{Ben} {file.Suppression}"], await mail.SuppressionsAsync());
        Assert.Equal(file.Event is null ? [] : [file.Event], await mail.EventsAsync());
        await AssertUntouchedAsync(bystander);
    }

    [Fact]
    public void Corpus_is_there() => Assert.True(Names().Count > 60);

    [Fact]
    public async Task Report_of_a_test_message_suppresses_nobody()
    {
        var file = ReportFile.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "10-postfix.eml")));
        var mail = await SentMail.CreateAsync(fixture.Development, fixture.Database.DataSource, SendingMode.Test, Ann, Ben, Cleo);

        Assert.StartsWith(file.Reply, await SendAsync(file, mail));

        Assert.Single(await mail.BouncesAsync());
        Assert.Empty(await mail.SuppressionsAsync());
    }

    [Fact]
    public async Task Many_reports_of_one_message_at_once_count_once()
    {
        var file = ReportFile.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "20-gmail.eml")));
        var mail = await SentMail.CreateAsync(fixture.Development, fixture.Database.DataSource, SendingMode.Live, Ann, Ben, Cleo);

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync(file, mail)));

        Assert.All(replies, reply => Assert.StartsWith("250 ", reply));
        Assert.Single(await mail.BouncesAsync());
        Assert.Single(await mail.EventsAsync());
    }

    private static async Task AssertUntouchedAsync(SentMail mail)
    {
        Assert.Equal([$"{Ann} sent", $"{Ben} sent", $"{Cleo} sent"], await mail.StatusesAsync());
        Assert.Empty(await mail.BouncesAsync());
        Assert.Empty(await mail.EventsAsync());
    }

    private async Task<string?> SendAsync(ReportFile file, SentMail mail)
    {
        var (path, shared) = (mail.ReturnPath(1), mail.ReturnPath(null));
        var altered = string.Concat(path.AsSpan(0, 12), path[12] == 'a' ? "b" : "a", path.AsSpan(13));
        var content = file.Mail.Replace("{{path}}", path).Replace("{{shared}}", shared).Replace("{{altered}}", altered)
            .Replace("{{recipient}}", Ben).Replace("{{domain}}", mail.Domain).Replace("{{message}}", mail.Id.ToString());
        var to = file.To switch
        {
            "path" => path,
            "shared" => shared,
            "fbl" => Feedback,
            "altered" => altered,
            "foreign" => mail.ReturnPath(1, "bounce.elsewhere.example"),
            "author" => $"shop@{mail.Domain}",
            _ => throw new FormatException(file.To),
        };
        await using var client = new LineClient(fixture.Production.Connect());
        await client.GreetAsync();
        return file.IsRefused
            ? await client.AskAsync($"MAIL FROM:<{file.From}>", $"RCPT TO:<{to}>")
            : await client.MailAsync(content, file.From, to);
    }

    /// <summary>A file of the corpus.</summary>
    private sealed record ReportFile(string From, string To, string Expected, string Mail)
    {
        private const string Divider = "%%\n";

        public bool IsRefused => Expected.StartsWith("refused ", StringComparison.Ordinal);

        public string Reply => IsRefused ? Expected["refused ".Length..] : "250 ";

        public string? Complaint => Expected.StartsWith("complaint ", StringComparison.Ordinal) ? Expected["complaint ".Length..] : null;

        public string? Bounce => IsRefused || Complaint is not null || Expected == "nothing" ? null : Expected;

        public string? Suppression => Complaint is not null ? "complaint" : Bounce?.StartsWith("hard ", StringComparison.Ordinal) == true ? "hard_bounce" : null;

        public string? Event => Complaint is not null ? "mail.message.complained" : Bounce is not null ? "mail.message.bounced" : null;

        public static ReportFile Parse(string text)
        {
            var split = text.IndexOf(Divider, StringComparison.Ordinal);
            var fields = text[..split].Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.TrimStart('#', ' ').Split(": ", 2)).ToDictionary(field => field[0], field => field[1]);
            return new ReportFile(fields["from"].Trim('<', '>'), fields["to"], fields["expect"], text[(split + Divider.Length)..].TrimEnd('\n').ReplaceLineEndings("\r\n"));
        }
    }
}
