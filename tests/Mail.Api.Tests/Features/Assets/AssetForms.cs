using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Mail.Api.Tests.Features.Assets;

/// <summary>Uploads as clients write them.</summary>
internal static class AssetForms
{
    public static MultipartFormDataContent Of(byte[] content, string fileName = "a.txt", string? type = "text/plain", params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        var file = new ByteArrayContent(content);
        if (type is not null)
            file.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        form.Add(file, "file", fileName);
        return form;
    }

    public static async Task<HttpResponseMessage> UploadAsync(this HttpClient client, HttpContent form, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/assets/upload") { Content = form };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await client.SendAsync(request);
    }

    /// <summary>The asset as answered.</summary>
    public static async Task<JsonElement> UploadedAsync(this HttpClient client, byte[] content, string fileName = "a.txt", string? type = "text/plain",
        params (string Name, string Value)[] fields)
    {
        using var response = await client.UploadAsync(Of(content, fileName, type, fields));
        return (await response.ReadAsync(201)).At("data");
    }

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Path and query of an absolute address.</summary>
    public static string PathOf(string url) => new Uri(url).PathAndQuery;
}
