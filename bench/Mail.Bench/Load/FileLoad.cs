using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Mail.Bench.Load;

/// <summary>Files of 100 MB to the API and back, in every way there is.</summary>
internal sealed class FileLoad : IDisposable
{
    private const int Parts = 5;
    public static readonly string[] Ways = ["form", "signed address", "5 parts"];

    private readonly HttpClient _client;
    private string? _address;

    public FileLoad(int port, string apiKey)
    {
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/v1/assets/"), Timeout = TimeSpan.FromMinutes(5) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    /// <summary>MB per second.</summary>
    public Task<double> UploadAsync(string way, int files, int atOnce) => Rate.MeasureAsync(files, FileBytes.Megabytes, atOnce, token => way switch
    {
        "form" => FormAsync(token),
        "signed address" => SignedAsync(token),
        _ => PartsAsync(token),
    });

    /// <summary>MB per second, of a file that was uploaded, by a signed address.</summary>
    public async Task<double> DownloadAsync(int files, int atOnce)
    {
        _address ??= await AddressAsync();
        return await Rate.MeasureAsync(files, FileBytes.Megabytes, atOnce, async token =>
        {
            using var response = await _client.GetAsync(_address, HttpCompletionOption.ResponseHeadersRead, token);
            response.EnsureSuccessStatusCode();
            await response.Content.CopyToAsync(Stream.Null, token);
        });
    }

    public void Dispose() => _client.Dispose();

    private async Task<JsonElement> FormAsync(CancellationToken cancellationToken)
    {
        using var form = new MultipartFormDataContent { { new StreamContent(new FileBytes()), "file", "bench.bin" } };
        return await ReadAsync(await _client.PostAsync("upload", form, cancellationToken), cancellationToken);
    }

    private async Task SignedAsync(CancellationToken cancellationToken)
    {
        var session = await OpenAsync("upload-url", "single", cancellationToken);
        await PutAsync(session.GetProperty("url").GetString()!, new FileBytes(), cancellationToken);
    }

    private async Task PartsAsync(CancellationToken cancellationToken)
    {
        var session = await OpenAsync("upload-sessions", "chunked", cancellationToken);
        for (var part = 1; part <= Parts; part++)
            await PutAsync($"{session.GetProperty("url").GetString()}/parts/{part}", new FileBytes(FileBytes.Megabytes * 1_000_000L / Parts), cancellationToken);
        var completing = _client.PostAsync($"upload-sessions/{session.GetProperty("session_id").GetString()}/complete", null, cancellationToken);
        await ReadAsync(await completing, cancellationToken);
    }

    private async Task<JsonElement> OpenAsync(string route, string mode, CancellationToken cancellationToken) =>
        await ReadAsync(await _client.PostAsJsonAsync(route, new { mode, fileName = "bench.bin" }, cancellationToken), cancellationToken);

    private async Task PutAsync(string address, FileBytes file, CancellationToken cancellationToken) =>
        await ReadAsync(await _client.PutAsync(address, new StreamContent(file), cancellationToken), cancellationToken);

    private async Task<string> AddressAsync()
    {
        var asset = await FormAsync(CancellationToken.None);
        var response = await _client.PostAsJsonAsync($"{asset.GetProperty("id").GetString()}/signed-url", new { expires_in = "1h" });
        return (await ReadAsync(response, CancellationToken.None)).GetProperty("url").GetString()!;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw new InvalidOperationException($"{(int)response.StatusCode}: {text}");
            return JsonElement.Parse(text).GetProperty("data");
        }
    }
}
