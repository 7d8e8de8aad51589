using System.Net;

namespace Mail.Api.Features.TrackedMail;

/// <summary>What a person sees who follows the link instead of the button of the mail program. No script, nothing from elsewhere.</summary>
internal static class UnsubscribePage
{
    private const string Style =
        "body{font-family:system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem;line-height:1.5}button{font:inherit;padding:.6rem 1.2rem;cursor:pointer}";

    public static IResult Ask(string address) => Page(
        $"<h1>Unsubscribe</h1><p>{WebUtility.HtmlEncode(address)} gets no more mail from this sender when you confirm.</p>" +
        "<form method=\"post\"><button type=\"submit\">Unsubscribe</button></form>");

    public static IResult Done() => Page("<h1>Unsubscribed</h1><p>You get no more mail from this sender.</p>");

    private static UnsubscribeResult Page(string content) => new(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">" +
        $"<title>Unsubscribe</title><style>{Style}</style></head><body>{content}</body></html>");

    private sealed class UnsubscribeResult(string html) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers.ContentSecurityPolicy =
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
            if (!HttpMethods.IsHead(context.Request.Method))
                await context.Response.WriteAsync(html, context.RequestAborted);
        }
    }
}
