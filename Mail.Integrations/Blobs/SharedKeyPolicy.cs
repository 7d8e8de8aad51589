using System.Globalization;
using System.Net;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage;

namespace Mail.Integrations.Blobs;

/// <summary>Signs each attempt with the account's key: the "Shared Key" scheme of the storage services.</summary>
internal sealed class SharedKeyPolicy(StorageSharedKeyCredential credential, TimeProvider time) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        request.Headers.SetValue("x-ms-date", time.GetUtcNow().ToString("r", CultureInfo.InvariantCulture));
        var signature = credential.Sign(StringToSign(request, credential.AccountName));
        request.Headers.SetValue("Authorization", $"SharedKey {credential.AccountName}:{signature}");
    }

    internal static string StringToSign(Request request, string account)
    {
        var text = new StringBuilder();
        text.Append(request.Method.Method).Append('\n');
        Append(text, request, "Content-Encoding");
        Append(text, request, "Content-Language");
        // An empty body is signed as nothing, not as zero.
        text.Append(request.Content is { } body && body.TryComputeLength(out var length) && length > 0 ? length.ToString(CultureInfo.InvariantCulture) : "").Append('\n');
        Append(text, request, "Content-MD5");
        Append(text, request, "Content-Type");
        // The date is in x-ms-date.
        text.Append('\n');
        Append(text, request, "If-Modified-Since");
        Append(text, request, "If-Match");
        Append(text, request, "If-None-Match");
        Append(text, request, "If-Unmodified-Since");
        Append(text, request, "Range");
        AppendHeaders(text, request);
        AppendResource(text, request.Uri.ToUri(), account);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Request request, string header) =>
        text.Append(request.Headers.TryGetValue(header, out var value) ? value : "").Append('\n');

    private static void AppendHeaders(StringBuilder text, Request request)
    {
        var headers = request.Headers
            .Where(header => header.Name.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .Select(header => (Name: header.Name.ToLowerInvariant(), header.Value))
            .OrderBy(header => header.Name, StringComparer.Ordinal);
        foreach (var (name, value) in headers) text.Append(name).Append(':').Append(value.Trim()).Append('\n');
    }

    private static void AppendResource(StringBuilder text, Uri uri, string account)
    {
        text.Append('/').Append(account).Append(uri.AbsolutePath);
        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (Name: WebUtility.UrlDecode(pair[0]).ToLowerInvariant(), Value: pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : ""))
            .GroupBy(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal)
            .OrderBy(values => values.Key, StringComparer.Ordinal);
        foreach (var values in query)
            text.Append('\n').Append(values.Key).Append(':').AppendJoin(',', values.Order(StringComparer.Ordinal));
    }
}
