using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>
/// Many messages from many connections at one time, each with an idempotency key and a recipient of its own. It keeps what
/// the client was told: only what got a 202 must arrive.
/// </summary>
internal sealed class Load(HttpClient api, int count)
{
    private const int Connections = 32;
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RepeatLimit = TimeSpan.FromSeconds(90);

    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<int, string> _accepted = new();
    private int _replayed;

    public int Count => count;

    /// <summary>As soon as so many are accepted nothing more is requested until <see cref="GoOn"/>.</summary>
    public int HoldAt { get; set; } = int.MaxValue;

    public void GoOn() => _goOn.TrySetResult();

    /// <summary>Message ids by number, of everything that was answered with 202.</summary>
    public IReadOnlyDictionary<int, string> Accepted => _accepted;

    /// <summary>Answers that told of an earlier request with the same key.</summary>
    public int Replayed => _replayed;

    public string RecipientOf(int number) => $"r{number}-{_run}@example.test";

    /// <summary>The number in an address of this load.</summary>
    public int? NumberOf(string path) =>
        path.Contains(_run, StringComparison.Ordinal) ? int.Parse(path[(path.IndexOf('r', StringComparison.Ordinal) + 1)..path.IndexOf('-', StringComparison.Ordinal)]) : null;

    /// <summary>Requests everything that has no 202 yet, once.</summary>
    public Task SendAsync() => Parallel.ForEachAsync(
        Enumerable.Range(0, count).Where(number => !_accepted.ContainsKey(number)),
        new ParallelOptions { MaxDegreeOfParallelism = Connections },
        async (number, _) => await SendAsync(number));

    /// <summary>Requests again what has its 202, as a client that lost the answers; each must be told of the same message.</summary>
    public async Task RepeatAsync(IReadOnlyDictionary<int, string> accepted)
    {
        var before = _replayed;
        await Parallel.ForEachAsync(accepted, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (one, _) =>
        {
            await Eventually.IsTrueAsync("a repeated request is answered", RepeatLimit, _ => SendAsync(one.Key));
            Assert.Equal(one.Value, _accepted[one.Key]);
        });
        Assert.Equal(accepted.Count, _replayed - before);
    }

    /// <summary>False when there was no answer, or one that says to come back later.</summary>
    private async Task<bool> SendAsync(int number)
    {
        if (_accepted.Count >= HoldAt) await _goOn.Task;
        using var limit = new CancellationTokenSource(RequestLimit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/mail/send");
            request.Headers.Add("Idempotency-Key", $"{_run}-{number}");
            request.Content = JsonContent.Create(MailClient.Message(RecipientOf(number), $"Message {number}"));
            using var response = await api.SendAsync(request, limit.Token);
            return await TakeAsync(number, response, limit.Token);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return false; // the message may have been stored or not
        }
    }

    private async Task<bool> TakeAsync(int number, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable) return false;
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"{(int)response.StatusCode}: {body}");
        using var document = JsonDocument.Parse(body);
        var data = document.RootElement.GetProperty("data");
        _accepted[number] = data.Text("id");
        if (data.Text("idempotencyStatus") == "replayed") Interlocked.Increment(ref _replayed);
        return true;
    }
}
