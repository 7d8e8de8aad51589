using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Mail.Bench.Load;

/// <summary>Requests of 500 items, a few at a time.</summary>
internal sealed class BatchLoad : IDisposable
{
    public const int Items = 500;
    private const int BodyCharacters = 2_000;
    private const string Template = "bench-batch";
    public static readonly string[] Kinds = ["batch", "batch-template"];

    private readonly HttpClient _client;

    public BatchLoad(int port, string apiKey)
    {
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/v1/mail/") };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    public async Task CreateTemplateAsync()
    {
        var html = $"<p>Dear {{{{name}}}}, your order {{{{order}}}} is on its way.</p><p>{new string('x', BodyCharacters)}</p>";
        using var content = Json(JsonSerializer.Serialize(new { name = "Bench", slug = Template, subject = "Receipt {{order}}", html }));
        using var response = await _client.PostAsync("templates", content);
        response.EnsureSuccessStatusCode();
    }

    /// <param name="run">Keeps the idempotency keys of runs apart.</param>
    public async Task<RestLoad.Result> RunAsync(string kind, int messages, string run, int atOnce)
    {
        var requests = messages / Items;
        var latencies = new double[requests];
        var accepted = 0;
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, requests, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (number, token) =>
        {
            using var content = Json(kind == "batch" ? Messages(run, number) : Recipients(run, number));
            var started = Stopwatch.GetTimestamp();
            using var response = await _client.PostAsync(kind, content, token);
            var text = await response.Content.ReadAsStringAsync(token);
            latencies[number] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            using var answer = JsonDocument.Parse(text);
            if (!response.IsSuccessStatusCode || answer.RootElement.GetProperty("data").GetProperty("accepted").GetInt32() != Items)
                throw new InvalidOperationException("Not accepted: " + text);
            Interlocked.Add(ref accepted, Items);
        });
        var elapsed = watch.Elapsed;
        Array.Sort(latencies);
        return new RestLoad.Result(accepted, elapsed, latencies);
    }

    public void Dispose() => _client.Dispose();

    private static string Messages(string run, int number)
    {
        var body = new string('x', BodyCharacters);
        var items = Numbers(number).Select(i => $$"""
            {"from":{"email":"shop@demo.test","name":"Demo Shop"},"to":[{"email":"user{{i}}@example.com"}],"subject":"Receipt {{i}}","text":"{{body}}","idempotencyKey":"{{run}}-{{i}}"}
            """);
        return $$"""{"messages":[{{string.Join(',', items)}}]}""";
    }

    private static string Recipients(string run, int number)
    {
        var items = Numbers(number).Select(i => $$"""
            {"to":"user{{i}}@example.com","data":{"name":"User {{i}}","order":{{i}}},"idempotencyKey":"{{run}}-template-{{i}}"}
            """);
        return $$"""{"template":"{{Template}}","from":{"email":"shop@demo.test","name":"Demo Shop"},"recipients":[{{string.Join(',', items)}}]}""";
    }

    private static IEnumerable<int> Numbers(int request) => Enumerable.Range(request * Items, Items);

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
