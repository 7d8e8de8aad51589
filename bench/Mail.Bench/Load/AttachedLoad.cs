using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Mail.Bench.Load;

/// <summary>Messages with a file of 20 MB, which is in the request or was uploaded before.</summary>
internal sealed class AttachedLoad : IDisposable
{
    public const int Megabytes = 20;

    private readonly HttpClient _client;

    public AttachedLoad(int port, string apiKey)
    {
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/v1/"), Timeout = TimeSpan.FromMinutes(5) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    /// <summary>MB of files per second.</summary>
    public Task<double> InlineAsync(int messages, int atOnce) => Rate.MeasureAsync(messages, Megabytes, atOnce, async token =>
    {
        var file = new byte[Megabytes * 1_000_000];
        await using (var bytes = new FileBytes(file.Length))
            await bytes.ReadExactlyAsync(file, token);
        await SendAsync($"\"content\":\"{Convert.ToBase64String(file)}\"", token);
    });

    /// <summary>Of one asset that all of them have. MB of files per second.</summary>
    public async Task<double> UploadedAsync(int messages, int atOnce)
    {
        using var form = new MultipartFormDataContent { { new StreamContent(new FileBytes(Megabytes * 1_000_000)), "file", "bench.bin" } };
        var asset = await ReadAsync(await _client.PostAsync("assets/upload", form));
        var file = $"\"assetId\":\"{asset.GetProperty("id").GetString()}\"";
        return await Rate.MeasureAsync(messages, Megabytes, atOnce, token => SendAsync(file, token));
    }

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(string file, CancellationToken cancellationToken)
    {
        using var body = new StringContent(
            $$"""{"from":"shop@demo.test","to":"user@example.com","subject":"Report","text":"Attached.","attachments":[{"filename":"bench.bin",{{file}}}]}""",
            Encoding.UTF8, "application/json");
        await ReadAsync(await _client.PostAsync("mail/send", body, cancellationToken));
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            if (!response.IsSuccessStatusCode)
                throw new InvalidOperationException($"{(int)response.StatusCode}: {text}");
            return JsonElement.Parse(text).GetProperty("data");
        }
    }
}
