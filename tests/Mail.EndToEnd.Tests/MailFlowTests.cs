using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Mail.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace Mail.EndToEnd.Tests;

/// <summary>One mail from the API call to the dev inbox, over real SMTP.</summary>
[Collection(CaptureCollection.Name)]
public sealed class MailFlowTests(CaptureSystem fixture, ITestOutputHelper output)
{
    private readonly MailSystem _system = fixture.Instance;

    [Fact]
    public async Task Message_of_the_Mail_surface_is_sent_signed_and_captured()
    {
        var to = MailClient.NewRecipient();
        var clock = Stopwatch.StartNew();
        var id = await _system.Live.SendAsync(MailClient.Message(to));
        await _system.Live.StatusAsync(id, "sent");
        output.WriteLine($"sent after {clock.ElapsedMilliseconds} ms");

        var mail = await _system.Live.InboxAsync(to);
        Assert.Equal(id, mail.Text("messageId"));
        Assert.Equal(MailClient.Sender, mail.Text("from", "email"));
        Assert.Equal("pass", mail.Text("authentication", "dkim", "result"));
        Assert.Equal("demo.test", mail.Text("authentication", "dkim", "domain"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Mail_submitted_over_smtp_is_sent_signed_and_captured(bool isTlsFirst)
    {
        var to = MailClient.NewRecipient();
        var development = _system.Development;
        var id = await Programs.PythonAsync(
            """
            import smtplib, sys
            from email import policy
            from email.message import EmailMessage
            port, tls_first, key, sender, to = int(sys.argv[1]), sys.argv[2] == "True", *sys.argv[3:]
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = f"Shop <{sender}>", to, "Grüße"
            message.set_content("plain")
            message.add_alternative("<p>html <img src='cid:logo'></p>", subtype="html")
            message.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo>")
            message.add_attachment(b"a,b", maintype="text", subtype="csv", filename="büro.csv")
            with (smtplib.SMTP_SSL if tls_first else smtplib.SMTP)("127.0.0.1", port) as smtp:
                if not tls_first:
                    smtp.starttls()
                smtp.login("anything", key)
                smtp.mail(sender), smtp.rcpt(to)
                code, text = smtp.data(message.as_bytes(policy=policy.SMTP))
                assert code == 250, text
                print(text.decode().split()[-1])
            """,
            [], $"{(isTlsFirst ? development.SubmissionTlsPort : development.SubmissionPort)}", $"{isTlsFirst}", development.ApiKey, MailClient.Sender, to);
        await _system.Live.StatusAsync(id, "sent");

        var mail = await _system.Live.InboxAsync(to);
        Assert.Equal(id, mail.Text("messageId"));
        Assert.Equal("Grüße", mail.Text("subject"));
        Assert.Equal("pass", mail.Text("authentication", "dkim", "result"));
    }

    [Fact]
    public async Task Explained_is_the_way_that_mail_takes()
    {
        var to = MailClient.NewRecipient();
        using var response = await _system.Live.PostAsJsonAsync("/v1/mail/explain", MailClient.Message(to));
        var recipient = Assert.Single((await response.ReadAsync(HttpStatusCode.OK)).GetProperty("data").GetProperty("recipients").EnumerateArray());
        Assert.Equal("capture", recipient.Text("route"));
        Assert.NotEqual(JsonValueKind.Null, recipient.GetProperty("estimatedFirstAttempt").ValueKind);
    }

    [Fact]
    public async Task Timeline_tells_queued_sending_sent()
    {
        var id = await _system.Live.SendAsync(MailClient.Message(MailClient.NewRecipient()));
        await _system.Live.StatusAsync(id, "sent");

        var timeline = await _system.Live.GetAsync($"/v1/mail/messages/{id}/timeline", HttpStatusCode.OK);
        var types = timeline.GetProperty("data").EnumerateArray().Select(item => item.Text("type")).ToList();
        string[] story = ["mail.message.queued", "mail.message.sending", "mail.message.sent"];
        Assert.Equal(story, types.Where(story.Contains));
    }

    [Fact]
    public async Task Message_of_the_Account_surface_is_sent_and_captured()
    {
        var to = MailClient.NewRecipient();
        using var response = await _system.Live.PostAsJsonAsync("/v1/emails", MailClient.Message(to));
        var id = (await response.ReadAsync(HttpStatusCode.Accepted)).Text("id");
        await _system.Live.StatusAsync(id, "sent");

        Assert.Equal("sent", (await _system.Live.GetAsync($"/v1/emails/{id}", HttpStatusCode.OK)).Text("status"));
        Assert.Equal("pass", (await _system.Live.InboxAsync(to)).Text("authentication", "dkim", "result"));
    }

    [Fact]
    public async Task Mail_of_the_test_key_is_captured_too()
    {
        var to = MailClient.NewRecipient();
        var id = await _system.Test.SendAsync(MailClient.Message(to));
        await _system.Test.StatusAsync(id, "sent");

        var mail = await _system.Test.InboxAsync(to);
        Assert.Equal(id, mail.Text("messageId"));
        Assert.Equal("pass", mail.Text("authentication", "dkim", "result"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3_000_000)]
    public async Task Attachment_arrives_byte_for_byte(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var to = MailClient.NewRecipient();
        object[] attachments = [new { filename = "data.bin", content = Convert.ToBase64String(content), contentType = "application/octet-stream" }];
        await _system.Live.SendAsync(MailClient.Message(to, attachments: attachments));

        var mail = await _system.Live.InboxAsync(to);
        var raw = await _system.Live.GetByteArrayAsync($"/v1/dev/inbox/{mail.Text("id")}/raw");
        var hash = await Programs.PythonAsync(
            """
            import email, email.policy, hashlib, sys
            mail = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
            part, = mail.iter_attachments()
            print(part.get_filename(), part.get_content_type(), hashlib.sha256(part.get_content()).hexdigest())
            """, raw);
        Assert.Equal($"data.bin application/octet-stream {Convert.ToHexStringLower(SHA256.HashData(content))}", hash);
    }
}
