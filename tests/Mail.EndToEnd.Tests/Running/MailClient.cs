using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>What a program does with the API, with nothing of the product's code in between.</summary>
internal static class MailClient
{
    public const string Sender = "news@demo.test";

    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(30);

    /// <summary>An address that nobody has used.</summary>
    public static string NewRecipient(string name = "reader") => $"{name}-{Guid.NewGuid():N}@example.test";

    public static object Message(string to, string text = "Hello", object? attachments = null) => attachments is null
        ? new { from = Sender, to, subject = "News", text }
        : new { from = Sender, to, subject = "News", text, attachments };

    /// <summary>Sends on the Mail surface and returns the id.</summary>
    public static async Task<string> SendAsync(this HttpClient api, object message)
    {
        using var response = await api.PostAsJsonAsync("/v1/mail/send", message);
        var body = await response.ReadAsync(HttpStatusCode.Accepted);
        return body.GetProperty("data").GetProperty("id").GetString()!;
    }

    public static async Task<JsonElement> ReadAsync(this HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} instead of {(int)expected}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public static async Task<JsonElement> GetAsync(this HttpClient api, string path, HttpStatusCode expected)
    {
        using var response = await api.GetAsync(path);
        return await response.ReadAsync(expected);
    }

    /// <summary>Asks for the message until it has a status.</summary>
    public static async Task StatusAsync(this HttpClient api, string id, string status)
    {
        var last = "";
        await Eventually.IsTrueAsync($"status {status} of {id}", SettleLimit, async _ =>
        {
            var answer = await api.GetAsync($"/v1/mail/messages/{id}", HttpStatusCode.OK);
            last = answer.GetRawText();
            return answer.GetProperty("data").GetProperty("status").GetString() == status;
        }, () => last);
    }

    /// <summary>The one mail in the dev inbox for an address; waits for it in one request, as the README shows.</summary>
    public static async Task<JsonElement> InboxAsync(this HttpClient api, string to)
    {
        var page = await api.GetAsync($"/v1/dev/inbox?to={Uri.EscapeDataString(to)}&wait=30s", HttpStatusCode.OK);
        return Assert.Single(page.GetProperty("data").EnumerateArray());
    }

    public static string Text(this JsonElement element, params string[] path) =>
        path.Aggregate(element, (at, name) => at.GetProperty(name)).GetString()!;
}
