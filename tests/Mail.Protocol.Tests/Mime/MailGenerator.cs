using Mail.Protocol.Addresses;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Mime;

/// <summary>Random mails in every shape the writer has, with text of many scripts; the same for the same seed.</summary>
internal sealed class MailGenerator(int seed)
{
    private static readonly string[] Words =
    [
        "order", "shipped", "Rechnung", "Größe", "naïve", "Привет", "мир", "你好", "世界", "こんにちは", "안녕하세요", "مرحبا", "שלום", "😀", "👩‍👩‍👧", "e\u0301te\u0301", "a=b", "100%",
        "=?", "?=", "1_000", "#42", "(x)", "\"quoted\"", "back\\slash", "semi;colon", "comma,", "dot.", "<tag>", "@home", "it's", "https://example.com/a?b=?c&d=%20", "From", "x",
        "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung", "----------------------------------------------------------------------------------------",
    ];

    private static readonly string[] Domains = ["example.com", "bücher.example", "sub.example.org", "xn--bcher-kva.example", "例え.example"];

    private readonly Random _random = new(seed);

    internal OutgoingMail Next()
    {
        var kind = _random.Next(4);
        return new OutgoingMail
        {
            From = Mailbox(),
            Sender = _random.Next(4) == 0 ? Mailbox() : null,
            To = Mailboxes(4),
            Cc = Mailboxes(2),
            ReplyTo = Mailboxes(1),
            Subject = Phrase(12),
            Text = kind == 0 ? null : Body(),
            Html = kind == 1 ? null : "<html><body>" + Body() + "</body></html>",
            Attachments = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Attachment())],
            Headers = [HeaderField.Create("X-Campaign", Phrase(20)), HeaderField.Create("X-Empty", "")],
            MessageId = $"{_random.Next()}.{_random.Next()}@example.com",
            Date = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.FromMinutes(30 * _random.Next(-24, 25))).AddSeconds(_random.Next(200_000_000)),
        };
    }

    private string Phrase(int most) => string.Join(' ', Enumerable.Range(0, _random.Next(most)).Select(_ => Pick(Words)));

    private string Body()
    {
        var breaks = Pick(["\n", "\r\n"]);
        return string.Concat(Enumerable.Range(0, _random.Next(1, 12)).Select(_ => Pick(["", "From ", ".", "..", "--=_", " ", "\t"]) + Phrase(30) + Pick(["", " ", "\t"]) + breaks));
    }

    private IReadOnlyList<Mailbox> Mailboxes(int most) => [.. Enumerable.Range(0, _random.Next(most + 1)).Select(_ => Mailbox())];

    private Mailbox Mailbox()
    {
        var local = Pick(["anna", "o'neil", "first.last+tag", "x_y-z", "\"two words\"", "\"a@b\"", "\"q\\\"q\""]);
        return new Mailbox(_random.Next(3) == 0 ? null : Phrase(5), EmailAddress.Parse($"{local}@{Pick(Domains)}"));
    }

    private MailAttachment Attachment()
    {
        var content = new byte[_random.Next(300)];
        _random.NextBytes(content);
        var inline = _random.Next(3) == 0;
        return new MailAttachment
        {
            FileName = Pick(["a.pdf", "Übersicht 2026.pdf", "报告.docx", "with \"quotes\".txt", "semi;colon.bin", "very " + string.Join(' ', Enumerable.Repeat("long", 40)) + " name.dat", "😀.png"]),
            ContentType = inline ? "image/png" : Pick(["application/pdf", "application/octet-stream", "text/csv; charset=utf-8", "not a type"]),
            ContentId = inline ? $"part{_random.Next()}@example.com" : null,
            Inline = inline,
            Content = content,
        };
    }

    private T Pick<T>(T[] choices) => choices[_random.Next(choices.Length)];
}
