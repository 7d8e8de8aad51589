using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Mail.TestKit.Smtp;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>One mailing: who gets it, what their servers say, and the requests that send it.</summary>
internal sealed class Newsletter(HttpClient api)
{
    private const int Batch = 500;

    public const int Good = 925, Later = 15, Gone = 20, Full = 10, Refused = 12, Closed = 18;

    /// <summary>What recipients' servers answer; who comes later is deferred once.</summary>
    public static void Script(SmtpScript script)
    {
        var seen = new ConcurrentDictionary<string, bool>();
        script.On("RCPT", line => line.Contains("<gone-", StringComparison.Ordinal), SmtpStep.Reply("550 5.1.1 no such user here"));
        script.On("RCPT", line => line.Contains("<full-", StringComparison.Ordinal), SmtpStep.Reply("552 5.2.2 mailbox full"));
        script.On("RCPT", line => line.Contains("<refused-", StringComparison.Ordinal), SmtpStep.Reply("550 5.7.1 refused by policy"));
        script.On("RCPT", line => line.Contains("<later-", StringComparison.Ordinal) && seen.TryAdd(line, true), SmtpStep.Reply("451 4.2.0 Greylisted, try again"));
    }

    public static IReadOnlyList<string> Audience { get; } =
    [
        .. Names("good", Good), .. Names("later", Later), .. Names("gone", Gone), .. Names("full", Full), .. Names("refused", Refused),
        .. Enumerable.Range(0, Closed).Select(number => $"closed-{number}@{DirectSystem.ClosedDomain}"),
    ];

    public IReadOnlyList<(string Name, byte[] Content)> Files { get; } =
        [("terms.pdf", RandomNumberGenerator.GetBytes(7_000)), ("prices.bin", RandomNumberGenerator.GetBytes(13_001))];

    /// <summary>The id of the template.</summary>
    public string Template { get; private set; } = "";

    private List<object> Attachments { get; } = [];

    public async Task MakeAsync()
    {
        foreach (var (name, content) in Files)
        {
            using var form = new MultipartFormDataContent();
            var file = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
            form.Add(file, "file", name);
            using var response = await api.PostAsync("/v1/assets/upload", form);
            Attachments.Add(new { filename = name, assetId = (await response.ReadAsync(HttpStatusCode.Created)).Text("data", "id") });
        }
        var made = await PostAsync("/v1/mail/templates", HttpStatusCode.Created, new
        {
            name = "May news",
            subject = "News for {{name}}",
            html = """<html><body><p>Hello {{name}}</p><p><a href="https://shop.example/offer?for={{urlencode name}}">Offer</a></p></body></html>""",
            text = "Hello {{name}}",
        });
        Template = made.Text("data", "id");
    }

    /// <summary>Subject, and the names of what is missing.</summary>
    public async Task<(string Subject, int Missing)> PreviewAsync(object data)
    {
        var shown = (await PostAsync($"/v1/mail/templates/{Template}/preview", HttpStatusCode.OK, new { data })).GetProperty("data");
        return (shown.Text("subject"), shown.GetProperty("missingVariables").GetArrayLength());
    }

    public async Task<string> TestSendAsync(string to) => (await PostAsync(
        $"/v1/mail/templates/{Template}/test-send", HttpStatusCode.Accepted, new { from = MailClient.Sender, to, data = new { name = "tester" } })).Text("data", "messageId");

    /// <summary>Sends to all of them in batches, each asked for twice; returns the batches.</summary>
    public async Task<List<string>> SendAsync(IReadOnlyList<string> audience)
    {
        var batches = new List<string>();
        foreach (var part in audience.Chunk(Batch))
        {
            var body = new
            {
                from = MailClient.Sender, template = Template, attachments = Attachments, tracking = new { opens = true, clicks = true }, unsubscribe = true,
                recipients = part.Select(to => new { to, data = new { name = NameOf(to) } }), idempotencyKey = $"{audience.Count}-{batches.Count}",
            };
            var answer = (await PostAsync("/v1/mail/batch-template", HttpStatusCode.Accepted, body)).GetProperty("data");
            Assert.Equal((part.Length, 0), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("rejected").GetInt32()));
            batches.Add(answer.Text("id"));
            Assert.Equal(batches[^1], (await PostAsync("/v1/mail/batch-template", HttpStatusCode.Accepted, body)).Text("data", "id"));
        }
        return batches;
    }

    public static string NameOf(string address) => address[..address.IndexOf('@', StringComparison.Ordinal)];

    private static IEnumerable<string> Names(string kind, int count) =>
        Enumerable.Range(0, count).Select(number => $"{kind}-{number}@{DirectSystem.RecipientDomain}");

    private async Task<JsonElement> PostAsync(string path, HttpStatusCode expected, object body)
    {
        using var response = await api.PostAsJsonAsync(path, body);
        return await response.ReadAsync(expected);
    }
}
