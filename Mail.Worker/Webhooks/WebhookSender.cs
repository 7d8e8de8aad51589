using System.Globalization;
using System.Net;
using System.Text;
using Mail.Core.Webhooks;
using Mail.Protocol.Webhooks;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Webhooks;

/// <summary>Makes one attempt: signs, posts, reads the beginning of the answer.</summary>
internal sealed class WebhookSender(
    IHttpClientFactory clients, IOptions<WebhookOptions> webhooks, IOptions<WebhookDispatchOptions> options, TimeProvider clock)
{
    public const string ClientName = "webhooks";

    private const int MaxBodyBytes = 4096;
    private const int MaxHeaders = 30;
    private const int MaxHeaderLength = 500;

    /// <summary>Cancellation is of the worker that stops; a time-out is an answer.</summary>
    public async Task<WebhookAnswer> SendAsync(WebhookJob job, CancellationToken cancellationToken)
    {
        if (job.Secrets.Count == 0)
            return WebhookAnswer.Failed(WebhookErrors.SecretUnreadable);
        // The rules may have become stricter since the endpoint was made.
        if (WebhookUrl.Check(job.Url, webhooks.Value) is not null)
            return WebhookAnswer.Failed(WebhookErrors.UrlNotAllowed);
        using var timeout = new CancellationTokenSource(options.Value.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = RequestOf(job);
            using var client = clients.CreateClient(ClientName);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            // The status is the answer; a body that trickles in is cut, and changes nothing.
            var body = await ReadBeginningAsync(response, either.Token);
            cancellationToken.ThrowIfCancellationRequested();
            return AnswerOf(response, body);
        }
        catch (HttpRequestException error)
        {
            return WebhookAnswer.Failed(WebhookErrors.Of(error));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return WebhookAnswer.Failed(WebhookErrors.TimedOut);
        }
    }

    private HttpRequestMessage RequestOf(WebhookJob job)
    {
        var body = WebhookPayload.Write(job);
        var now = clock.GetUtcNow();
        var id = job.Event.Id.ToString();
        WebhookSecret[] secrets = [.. job.Secrets];
        var request = new HttpRequestMessage(HttpMethod.Post, job.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "Mail-Webhooks/1.0");
        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", StandardWebhookSignature.Sign(id, now, body, secrets));
        var timestamped = TimestampedSignature.Sign(now, body, secrets);
        request.Headers.TryAddWithoutValidation("X-StackShift-Signature", timestamped);
        request.Headers.TryAddWithoutValidation("X-MailStack-Signature", timestamped);
        return request;
    }

    private WebhookAnswer AnswerOf(HttpResponseMessage response, string body) => new()
    {
        Succeeded = response.IsSuccessStatusCode,
        Status = (int)response.StatusCode,
        IsGone = response.StatusCode == HttpStatusCode.Gone,
        Headers = HeadersOf(response),
        Body = body,
        RetryAfter = response.IsSuccessStatusCode ? null : RetryAfterOf(response),
        Error = response.IsSuccessStatusCode ? null : (int)response.StatusCode is >= 300 and < 400 ? WebhookErrors.Redirect : WebhookErrors.NotSuccess,
    };

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.GetUtcNow(),
        _ => null,
    };

    private static Dictionary<string, string> HeadersOf(HttpResponseMessage response) => response.Headers.NonValidated
        .Concat(response.Content.Headers.NonValidated).Take(MaxHeaders)
        .ToDictionary(header => Shorten(header.Key.ToLowerInvariant()), header => Shorten(header.Value.ToString()));

    private static async Task<string> ReadBeginningAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBodyBytes];
        var length = 0;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            while (length < buffer.Length && await body.ReadAsync(buffer.AsMemory(length), cancellationToken) is > 0 and var read)
                length += read;
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
            // What came is kept.
        }
        return Clean(Encoding.UTF8.GetString(buffer, 0, length));
    }

    private static string Shorten(string text) => Clean(text.Length <= MaxHeaderLength ? text : text[..MaxHeaderLength]);

    // The database takes neither NUL nor half a surrogate pair.
    private static string Clean(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
}

/// <summary>What came of an attempt.</summary>
internal sealed record WebhookAnswer
{
    public required bool Succeeded { get; init; }
    public int? Status { get; init; }
    public bool IsGone { get; init; }
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
    public string? Body { get; init; }
    public TimeSpan? RetryAfter { get; init; }
    public string? Error { get; init; }

    public static WebhookAnswer Failed(string error) => new() { Succeeded = false, Error = error };
}
