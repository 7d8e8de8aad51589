using System.Buffers;
using System.Text;
using Mail.Core.Messages;
using Mail.Inbound.Submission;
using Mail.Protocol.Addresses;

namespace Mail.Inbound.Tests.Submission;

public sealed class SubmittedMailTests
{
    [Fact]
    public void Header_says_how_recipients_are_shown_and_the_envelope_who_gets_it()
    {
        var message = Read("From: Shop <shop@demo.test>\nTo: \"User, A\" <a@x.test>, away@x.test\nCc: B@x.test\nReply-To: help@demo.test\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\nhello",
            "a@x.test", "b@x.test", "c@x.test");

        Assert.Equal("Shop", message.From.DisplayName);
        Assert.Equal(["To User, A a@x.test", "Cc  b@x.test", "Bcc  c@x.test"],
            message.Recipients.Select(recipient => $"{recipient.Kind} {recipient.Mailbox.DisplayName} {recipient.Mailbox.Address}"));
        Assert.Equal("help@demo.test", Assert.Single(message.ReplyTo).Address.Address);
        Assert.Equal("Grüße", message.Subject);
        Assert.Equal("hello", message.Text?.TrimEnd());
        Assert.Null(message.Html);
        Assert.Equal(MessageSource.Submission, message.Source);
    }

    [Fact]
    public void Control_fields_are_honoured_and_removed()
    {
        var message = Read(
            """
            From: shop@demo.test
            Idempotency-Key: order-1
            X-Mail-Tag: welcome, campaign=spring
            x-mail-tag: vip
            X-Mail-Metadata: {"order":
              "1"}
            X-Mailer: app

            hello
            """);

        Assert.Equal("order-1", message.Idempotency?.Key);
        Assert.Equal([("campaign", "spring"), ("vip", ""), ("welcome", "")], message.Tags!.OrderBy(tag => tag.Key).Select(tag => (tag.Key, tag.Value)));
        Assert.Equal("1", message.Metadata!["order"]);
        Assert.Equal(new Dictionary<string, string> { ["X-Mailer"] = "app" }, message.Headers);
    }

    [Fact]
    public void Template_takes_the_place_of_the_body()
    {
        var message = Read("From: shop@demo.test\nX-Mail-Template: welcome\nX-Mail-Variables: {\"name\":\"A\"}\n\nfor other readers");

        Assert.Equal("welcome", message.Render?.Template);
        Assert.Equal("A", message.Render?.Variables?.GetProperty("name").GetString());
        Assert.Null(message.Text);
        Assert.Null(message.Html);
    }

    [Fact]
    public void Fields_that_are_ours_are_dropped_and_others_kept()
    {
        var message = Read(
            "Received: from x\nReturn-Path: <x@y>\nDKIM-Signature: v=1\nFrom: shop@demo.test\nSender: other@x.test\nBcc: hidden@x.test\nMessage-ID: <1@x>\nDate: now\n"
            + "In-Reply-To: <0@x>\nX-Twice: one\nX-TWICE: two\nList-Unsubscribe: <https://demo.test/u>\nMIME-Version: 1.0\n\nhello");

        Assert.Equal(["In-Reply-To", "List-Unsubscribe", "X-Twice"], message.Headers!.Keys.Order());
        Assert.Equal("one", message.Headers!["x-twice"]);
    }

    [Fact]
    public void Attachments_and_inline_parts_are_kept()
    {
        var message = Read(
            """
            From: shop@demo.test
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: multipart/related; boundary=r

            --r
            Content-Type: multipart/alternative; boundary=a

            --a

            plain
            --a
            Content-Type: text/html

            <img src="cid:logo@x">
            --a--
            --r
            Content-Type: image/png
            Content-ID: <logo@x>
            Content-Transfer-Encoding: base64

            AQID
            --r--
            --m
            Content-Type: text/csv; charset=utf-8; name="old.csv"
            Content-ID: <unused@x>
            Content-Disposition: attachment; filename*=utf-8''b%C3%BCro.csv

            a,b
            --m
            Content-Type: message/rfc822

            Subject: within

            x
            --m--
            """);

        Assert.Equal("plain", message.Text?.Trim());
        Assert.Contains("cid:logo@x", message.Html, StringComparison.Ordinal);
        Assert.Equal(
            [("attachment-1.png", "image/png", "logo@x"), ("büro.csv", "text/csv; charset=\"utf-8\"", null), ("attachment-3.eml", "message/rfc822", null)],
            message.Attachments.Select(file => (file.FileName, file.ContentType, file.ContentId)));
        Assert.Equal([1, 2, 3], message.Attachments[0].Content.ToArray());
    }

    [Fact]
    public void Same_message_sent_again_has_the_same_hash_and_another_has_not()
    {
        const string Mail = "From: shop@demo.test\nIdempotency-Key: k\nMessage-ID: <{0}@x>\nDate: {0}\nSubject: {1}\nContent-Type: multipart/mixed; boundary=b{0}\n\n--b{0}\n\nhello\n--b{0}--";

        var first = Read(string.Format(null, Mail, 1, "s")).Idempotency!;

        Assert.Equal(first.RequestHash, Read(string.Format(null, Mail, 2, "s")).Idempotency!.RequestHash);
        Assert.NotEqual(first.RequestHash, Read(string.Format(null, Mail, 1, "t")).Idempotency!.RequestHash);
        Assert.NotEqual(first.RequestHash, Read(string.Format(null, Mail, 1, "s"), "other@x.test").Idempotency!.RequestHash);
    }

    [Theory]
    [InlineData("Subject: x", "The header needs one From field with one address")]
    [InlineData("From: a@demo.test, b@demo.test", "The header needs one From field with one address")]
    [InlineData("From: a@demo.test\nFrom: b@demo.test", "The header needs one From field with one address")]
    [InlineData("From: a@[192.0.2.1]", "The header needs one From field with one address")]
    [InlineData("From: a..b@demo.test", "The header needs one From field with one address")]
    [InlineData("From: a@demo.test\nIdempotency-Key: a\nIdempotency-Key: b", "Idempotency-Key must occur once")]
    [InlineData("From: a@demo.test\nIdempotency-Key: ", "Idempotency-Key has 1 to 256 characters")]
    [InlineData("From: a@demo.test\nX-Mail-Metadata: {\"a\":1}", "X-Mail-Metadata must be a JSON object of strings")]
    [InlineData("From: a@demo.test\nX-Mail-Metadata: {\"a\":\"1\",\"a\":\"2\"}", "X-Mail-Metadata must be a JSON object of strings")]
    [InlineData("From: a@demo.test\nX-Mail-Metadata: {} {}", "X-Mail-Metadata must be a JSON object of strings")]
    [InlineData("From: a@demo.test\nX-Mail-Metadata: {\"\":\"1\"}", "X-Mail-Metadata: a name has 1 to 64 characters and no control characters")]
    [InlineData("From: a@demo.test\nX-Mail-Variables: {}", "X-Mail-Variables needs X-Mail-Template")]
    [InlineData("From: a@demo.test\nX-Mail-Template: t\nX-Mail-Variables: []", "X-Mail-Variables must be a JSON object")]
    public void Mail_that_cannot_be_sent_is_told_why(string header, string problem) => Assert.Equal(problem, Problem(header + "\n\nhello"));

    [Fact]
    public void Bombs_are_refused_rather_than_cut()
    {
        Assert.Equal("Too many hops", Problem(string.Concat(Enumerable.Repeat("Received: x\n", 101)) + "From: a@demo.test\n\nx"));
        Assert.Equal("The message has more parts, levels or text than are read",
            Problem("From: a@demo.test\nContent-Type: multipart/mixed; boundary=b\n\n" + string.Concat(Enumerable.Repeat("--b\nContent-Type: text/plain\n\nx\n", 1_500)) + "--b--"));
        Assert.Equal("A message has at most 100 attachments",
            Problem("From: a@demo.test\nContent-Type: multipart/mixed; boundary=b\n\n" + string.Concat(Enumerable.Repeat("--b\nContent-Type: a/b\n\nx\n", 101)) + "--b--"));
        Assert.StartsWith("The header has more than 100 fields",
            Problem("From: a@demo.test\n" + string.Concat(Enumerable.Range(0, 101).Select(i => $"X-{i}: x\n")) + "\nx"), StringComparison.Ordinal);
        Assert.Equal("Reply-To has at most 50 addresses",
            Problem($"From: a@demo.test\nReply-To: {string.Join(",\n ", Enumerable.Range(0, 51).Select(i => $"a{i}@demo.test"))}\n\nx"));
        Assert.Equal("The subject has at most 998 characters", Problem($"From: a@demo.test\nSubject: {new string('x', 999)}\n\nx"));
    }

    [Fact]
    public void Mail_without_a_body_is_sent_as_an_empty_text() => Assert.Equal("", Read("From: a@demo.test\nSubject: x\n\n").Text);

    private static OutgoingMessage Read(string mail, params string[] recipients)
    {
        var (message, problem) = ReadAny(mail, recipients);
        Assert.Null(problem);
        return message!;
    }

    private static string? Problem(string mail) => ReadAny(mail, []).Problem;

    private static (OutgoingMessage? Message, string? Problem) ReadAny(string mail, string[] recipients) => SubmittedMail.Read(
        new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(mail.ReplaceLineEndings("\r\n"))),
        [.. (recipients.Length == 0 ? ["user@example.test"] : recipients).Select(text =>
            EmailAddress.TryParse(text, out var address, out _) ? address : throw new FormatException(text))],
        new SubmissionOptions());
}
