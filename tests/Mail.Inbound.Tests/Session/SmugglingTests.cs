using System.Text;
using Mail.Inbound.Session;

namespace Mail.Inbound.Tests.Session;

/// <summary>
/// A second message within a first (SMTP smuggling): whatever some server may take for the end of a line stands on both
/// sides of the dot, in every combination. There is never a second message, and nothing of it becomes a command.
/// </summary>
public sealed class SmugglingTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    private const string LogIn = "AUTH PLAIN AGFueSB1c2VyAG1zX2xpdmVfZGlhbG9ndWVfQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU2";
    private const string Inner = "MAIL FROM:<evil@client.test>\r\nRCPT TO:<two@local.test>\r\nDATA\r\nSubject: inner\r\n\r\nsmuggled";

    // The last ones: octets that are line ends elsewhere or are dropped on the way, and a dot that looks stuffed.
    private static readonly string[] Ends = ["\r\n", "\n", "\r", "\r\r\n", "\n\r", "\r\n\0", "\0", " \r\n", "\u0085", "\u2028", "\v", "\r\n."];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task No_end_of_line_but_crlf_ends_a_message(bool isSubmission, bool isOctetwise)
    {
        await fixture.ClearAsync();
        var taken = new List<string>();
        foreach (var before in Ends)
        {
            // A client may be refused twenty times.
            await using var client = await OpenAsync(isSubmission);
            foreach (var after in Ends.Where(after => !$"{before}.{after}".Contains("\r\n.\r\n", StringComparison.Ordinal)))
            {
                var content = $"From: shop@demo.test\r\nSubject: outer {taken.Count}\r\n\r\ntext{before}.{after}{Inner}";
                Assert.StartsWith("354 ", await client.AskAsync("MAIL FROM:<shop@demo.test>", "RCPT TO:<one@local.test>", "DATA"));
                await SendAsync(client, content + "\r\n.\r\n", isOctetwise);
                var reply = await client.ReplyAsync();

                // RFC 5321 §2.3.8: neither CR nor LF on its own. NUL has no place in a text that is sent on.
                var isRefused = HasBareLineEnd(content) || (isSubmission && content.Contains('\0'));
                Assert.Equal((before, after, isRefused ? "554 5.6.0" : "250 2.0.0"), (before, after, reply![..9]));
                if (!isRefused)
                    taken.Add(content);
                Assert.Equal("250 2.0.0 OK", await client.AskAsync("NOOP"));
            }
        }
        Assert.NotEmpty(taken);
        Assert.Equal(taken.Count, await CheckAsync(isSubmission));
    }

    // Octets that are counted are looked at by nobody; other servers send mail with bare LF in no other way.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chunk_ends_where_its_size_says(bool isSubmission)
    {
        await fixture.ClearAsync();
        await using var client = await OpenAsync(isSubmission);
        string[] dots = ["\r\n.\r\n", "\n.\n", "\r.\r", "\r\n.\n"];
        foreach (var dot in dots)
        {
            var content = Encoding.ASCII.GetBytes($"From: shop@demo.test\r\nSubject: outer\r\n\r\ntext{dot}{Inner}\r\n");
            Assert.StartsWith("250 ", await client.AskAsync("MAIL FROM:<shop@demo.test>", "RCPT TO:<one@local.test>"));
            // The size does not agree with where a line or the message seems to end.
            for (var at = 0; at < content.Length; at += 50)
            {
                var chunk = content.AsMemory(at, Math.Min(50, content.Length - at));
                await client.SendAsync($"BDAT {chunk.Length}{(at + 50 >= content.Length ? " LAST" : "")}");
                await client.SendRawAsync(chunk);
                Assert.StartsWith("250 2.0.0", await client.ReplyAsync());
            }
            Assert.Equal("250 2.0.0 OK", await client.AskAsync("NOOP"));
        }
        Assert.Equal(dots.Length, await CheckAsync(isSubmission));
    }

    /// <summary>How many are stored; all of them have the whole text and the envelope of the first message.</summary>
    private async Task<int> CheckAsync(bool isSubmission)
    {
        if (isSubmission)
        {
            var rows = await fixture.SubmittedAsync();
            Assert.All(rows, row => Assert.Equal(("outer", "smuggled", "bcc one@local.test"),
                (row.Subject[..5], row.Text!.Trim()[^8..], Assert.Single(row.Recipients))));
            return rows.Count;
        }
        var mails = await fixture.StoredAsync();
        Assert.All(mails, mail => Assert.Equal(("outer", "smuggled", "one@local.test"),
            (mail.Subject[..5], Encoding.UTF8.GetString(mail.Content).Trim()[^8..], mail.RcptTo)));
        return mails.Count;
    }

    private async Task<LineClient> OpenAsync(bool isSubmission)
    {
        var client = new LineClient(fixture.Development.Connect(kind: isSubmission ? SmtpServiceKind.Submission : SmtpServiceKind.Exchange));
        await client.GreetAsync();
        if (!isSubmission)
            return client;
        await client.StartTlsAsync();
        Assert.StartsWith("235 ", await client.AskAsync("EHLO client.test", LogIn));
        return client;
    }

    private static async Task SendAsync(LineClient client, string text, bool isOctetwise)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at < octets.Length; at += isOctetwise ? 1 : octets.Length)
            await client.SendRawAsync(octets.AsMemory(at, isOctetwise ? 1 : octets.Length));
    }

    private static bool HasBareLineEnd(string text) => text.Replace("\r\n", "").AsSpan().ContainsAny('\r', '\n');
}
