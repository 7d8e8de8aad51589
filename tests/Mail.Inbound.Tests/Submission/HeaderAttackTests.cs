using System.Text;
using System.Text.RegularExpressions;
using Mail.Core.Organizations;
using Mail.Core.Templates;
using Mail.Inbound.Session;
using Mail.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Inbound.Tests.Submission;

/// <summary>
/// Fields of a submitted mail that want to be more than they may. Each is taken or refused for good (never put off, never
/// the end of the session), and gives nobody another recipient, field or message.
/// </summary>
public sealed partial class HeaderAttackTests(InboundFixture fixture) : IClassFixture<InboundFixture>, IAsyncLifetime
{
    private const string LogIn = "AUTH PLAIN AGFueSB1c2VyAG1zX2xpdmVfZGlhbG9ndWVfQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU2";

    private static readonly string[] Fields =
    [
        "Idempotency-Key: {0}", "X-Mail-Tag: {0}", "X-Mail-Tag: a={0}", "X-Mail-Tag: {0}=a", "X-Mail-Metadata: {0}",
        "X-Mail-Metadata: {{\"a\":\"{0}\"}}", "X-Mail-Metadata: {{\"{0}\":\"a\"}}", "X-Mail-Template: {0}", "X-Mail-Template: t\r\nX-Mail-Variables: {0}",
        "X-Mail-Template: t\r\nX-Mail-Variables: {{\"{0}\":\"{0}\"}}", "Subject: {0}", "Reply-To: {0} <a@demo.test>", "Reply-To: {0}@demo.test",
        "To: {0} <user@example.test>", "To: {0}@example.test", "X-Own: {0}", "X-{0}: a", "Content-Type: text/plain; charset={0}",
        "Content-Type: a/b; name={0}", "Content-Type: a/b\r\nContent-ID: {0}", "Content-Type: a/b\r\nContent-Disposition: attachment; filename*=utf-8''{0}", "Content-Type: {0}", "Content-Transfer-Encoding: {0}", "List-Unsubscribe: <{0}>", "{0}",
    ];

    private static readonly string[] Values =
    [
        "=?utf-8?q?x=0D=0ABcc:_evil@example.test?=", "=?utf-8?b?eA0KQmNjOiBldmlsQGV4YW1wbGUudGVzdA==?=", "=?utf-8?q?x=0ABcc:_evil@example.test?=",
        "x\\r\\nBcc: evil@example.test", "x%0d%0aBcc:%20evil@example.test", "=?utf-8?q?=00?=", "=?utf-8?q?=1B=7F=C2=85?=", "x\0y", "x\u001b\u007fy",
        "\\u0000", "\\ud800", "\\udc00\\ud800", "\ufeff", "\u2028", "\u202e", "", " ", ",,,,", "=", "\"", "\\", "{", "[]", "null", "{\"a\":{\"a\":1}}", "<>", "<evil@example.test>",
        "'; drop table messages; --", "{{x}}", "../../etc/passwd", "=?x?q?y?=", "=?utf-8?b?/////w==?=", "\u00ff\u00fe",
    ];

    private InboundHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await InboundHost.StartAsync(fixture.Database.ConnectionString, settings:
        [
            ("Mail:Demo:ApiKey", InboundFixture.ApiKey), ("ConnectionStrings:blobs", (await AzuriteServer.SharedAsync()).ConnectionString),
        ]);
        var services = _host.Services;
        var organization = await services.GetRequiredService<OrganizationStore>().FindByNameAsync(DemoSeed.OrganizationName, CancellationToken.None);
        await services.GetRequiredService<EditTemplates>().CreateAsync(
            organization!.Value, "t", "t", new TemplateContent("{{default a \"none\"}}", null, "text {{default a \"none\"}}", null), isPublished: true, CancellationToken.None);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Value_of_a_field_is_a_value_and_nothing_else()
    {
        await fixture.ClearAsync();
        // A session may be refused twenty times.
        await Task.WhenAll(Fields.SelectMany(_ => Values.Chunk(15), async (field, values) =>
        {
            await using var client = await OpenAsync();
            foreach (var value in values)
                await SubmitAsync(client, string.Format(null, field, value), Encoding.UTF8);
        }));
        await CheckStoredAsync();
    }

    [Fact]
    public async Task Octets_that_are_no_text_do_no_harm()
    {
        await fixture.ClearAsync();
        foreach (var fields in Fields.Chunk(15))
        {
            await using var client = await OpenAsync();
            foreach (var field in fields)
                await SubmitAsync(client, string.Format(null, field, "\u0080\u00c3\u0028\u00ed\u00a0\u0080\u00ff"), Encoding.Latin1);
        }
        await CheckStoredAsync();
    }

    [Fact]
    public async Task What_is_too_much_is_refused()
    {
        await fixture.ClearAsync();
        await using var client = await OpenAsync();
        var deep = string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200));
        var many = string.Join(",\r\n ", Enumerable.Range(0, 51).Select(i => $"\"n{i}\":\"v\""));
        string[] fields =
        [
            "Idempotency-Key: " + new string('k', 257),
            "X-Mail-Tag: " + string.Join(",\r\n ", Enumerable.Range(0, 51).Select(i => $"tag{i}")),
            "X-Mail-Tag: " + new string('t', 65),
            "X-Mail-Tag: a=" + new string('t', 257),
            "X-Mail-Metadata: {" + many + "}",
            "X-Mail-Metadata: {\"a\":\"" + Folded('v', 1_001) + "\"}",
            "X-Mail-Metadata: {\"" + new string('n', 65) + "\":\"\"}",
            "X-Mail-Metadata: {\"a\":" + deep + "}",
            "X-Mail-Template: " + new string('t', 101),
            "X-Mail-Template: t\r\nX-Mail-Variables: {\"a\":" + deep + "}",
            "Idempotency-Key: a\r\nIdempotency-Key: a",
            "X-Mail-Metadata: {}\r\nx-mail-metadata: {}",
            "X-Mail-Template: t\r\nX-Mail-Template: t",
            "X-Mail-Template: t\r\nX-Mail-Variables: {}\r\nX-Mail-Variables: {}",
        ];
        foreach (var field in fields)
            Assert.StartsWith("554 5.6.0 ", await SubmitAsync(client, field, Encoding.UTF8));
        Assert.Empty(await fixture.SubmittedAsync());

        static string Folded(char letter, int count) => string.Concat(Enumerable.Range(0, count).Select(i => i % 500 == 499 ? letter + "\r\n " : letter.ToString()));
    }

    private async Task CheckStoredAsync()
    {
        var rows = await fixture.SubmittedAsync();
        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            Assert.Equal("user@example.test", Assert.Single(row.Recipients).Split(' ')[1]);
            Assert.DoesNotMatch(Controls(), row.Subject);
            Assert.DoesNotMatch(OtherField(), row.Headers ?? "");
            Assert.DoesNotMatch(Controls(), row.Headers ?? "");
        });
    }

    private static async Task<string> SubmitAsync(LineClient client, string field, Encoding encoding)
    {
        Assert.Equal("354 End data with <CR><LF>.<CR><LF>", await client.AskAsync("MAIL FROM:<shop@demo.test>", "RCPT TO:<user@example.test>", "DATA"));
        await client.SendRawAsync(encoding.GetBytes($"From: shop@demo.test\r\n{field}\r\n\r\ntext\r\n.\r\n"));
        var reply = await client.ReplyAsync();
        Assert.Matches("^(250 2\\.0\\.0 OK queued as msg_|554 5\\.6\\.0 )", $"{reply} <- {field}");
        return reply!;
    }

    private async Task<LineClient> OpenAsync()
    {
        var client = new LineClient(_host.Connect(kind: SmtpServiceKind.Submission));
        await client.GreetAsync();
        await client.StartTlsAsync();
        Assert.StartsWith("235 ", await client.AskAsync("EHLO client.test", LogIn));
        return client;
    }

    [GeneratedRegex(@"[\p{Cc}]")]
    private static partial Regex Controls();

    // Header fields are a JSON object: a name at its beginning or behind a value.
    [GeneratedRegex("\"(Bcc|Received|Idempotency-Key|X-Mail-[^\"]*)\": \"", RegexOptions.IgnoreCase)]
    private static partial Regex OtherField();
}
