using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Mail.Api.Http;

/// <summary>A file that anybody may have sent: never shown in place, and no script of it runs as ours.</summary>
internal static class ForeignFile
{
    /// <param name="type">Whatever a file says that it is, a browser takes it for octets.</param>
    public static FileStreamHttpResult Of(Stream content, string name, HttpContext context, string type = "application/octet-stream")
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "private, no-store";
        var disposition = new ContentDispositionHeaderValue("attachment");
        // RFC 6266 §4.3: filename* carries what ASCII cannot.
        disposition.SetHttpFileName(Plain(name));
        headers.ContentDisposition = disposition.ToString();
        return TypedResults.Stream(content, type);
    }

    // Marks that turn the direction of writing make "exe.gpj" read as "jpg.exe" backwards; a line break would end the field.
    private static string Plain(string name) => string.Concat(name.Select(letter =>
        char.IsControl(letter) || letter is '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') ? '_' : letter));
}
