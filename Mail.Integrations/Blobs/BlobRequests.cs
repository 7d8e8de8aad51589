using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;

namespace Mail.Integrations.Blobs;

/// <summary>The pipeline that all clients of one account share, and the form of a request.</summary>
internal sealed class BlobRequests
{
    // The version that names the meaning of every request; Azurite 3.37 knows it.
    public const string ServiceVersion = "2023-11-03";
    private const string TokenScope = "https://storage.azure.com/.default";

    private readonly HttpPipeline _pipeline;
    private readonly string? _sas;

    public BlobRequests(Uri endpoint, BlobClientOptions options, StorageSharedKeyCredential? key, TokenCredential? tokens, string? sas)
    {
        Endpoint = endpoint;
        Key = key;
        Time = options.Time;
        _sas = sas;
        var pipeline = new HttpPipelineOptions(options) { RequestFailedDetailsParser = new BlobErrorParser() };
        if (key is not null) pipeline.PerRetryPolicies.Add(new SharedKeyPolicy(key, options.Time));
        else if (tokens is not null) pipeline.PerRetryPolicies.Add(new BearerTokenAuthenticationPolicy(tokens, TokenScope));
        _pipeline = HttpPipelineBuilder.Build(pipeline);
    }

    public Uri Endpoint { get; }
    public StorageSharedKeyCredential? Key { get; }
    public TimeProvider Time { get; }

    /// <summary>Path segments below the account's address, each escaped; slashes inside a blob's name stay.</summary>
    public Uri AddressOf(string container, string? blob = null)
    {
        var path = Escape(container) + (blob is null ? "" : "/" + Escape(blob));
        return new Uri($"{Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
    }

    public HttpMessage Create(RequestMethod method, Uri address, params ReadOnlySpan<(string Name, string Value)> query)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(address);
        foreach (var (name, value) in query) message.Request.Uri.AppendQuery(name, value);
        if (_sas is not null) message.Request.Uri.Query = string.Join('&', message.Request.Uri.Query.TrimStart('?'), _sas).Trim('&');
        message.Request.Headers.SetValue("x-ms-version", ServiceVersion);
        return message;
    }

    /// <exception cref="RequestFailedException">No answer after all retries (status 0), or one that is neither 2xx nor in <paramref name="expected"/>.</exception>
    public async Task<Response> SendAsync(HttpMessage message, CancellationToken cancellationToken, params int[] expected)
    {
        try
        {
            await _pipeline.SendAsync(message, cancellationToken);
        }
        catch (AggregateException failures) when (failures.InnerExceptions.LastOrDefault() is { } last)
        {
            // The retry policy reports every attempt; callers handle one kind of failure.
            throw new RequestFailedException(0, $"The blob service does not answer: {last.Message}", failures);
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RequestFailedException(0, "The blob service did not answer in time.", slow);
        }
        var response = message.Response;
        return response.Status is >= 200 and < 300 || Array.IndexOf(expected, response.Status) >= 0
            ? response
            : throw new RequestFailedException(response);
    }

    public async Task<T> MeasureAsync<T>(string operation, Func<Task<T>> work)
    {
        using var span = BlobTelemetry.Start(operation, Endpoint);
        var startedAt = Time.GetTimestamp();
        try
        {
            var result = await work();
            BlobTelemetry.Finished(span, operation, Time.GetElapsedTime(startedAt), null);
            return result;
        }
        catch (Exception failure)
        {
            BlobTelemetry.Finished(span, operation, Time.GetElapsedTime(startedAt), failure);
            throw;
        }
    }

    private static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <summary>The service names its error in a header; the body repeats it in XML.</summary>
    private sealed class BlobErrorParser : RequestFailedDetailsParser
    {
        public override bool TryParse(Response response, out ResponseError? error, out IDictionary<string, string>? data)
        {
            data = null;
            error = response.Headers.TryGetValue("x-ms-error-code", out var code) ? new ResponseError(code, $"The blob service refused: {code}.") : null;
            return error is not null;
        }
    }
}
