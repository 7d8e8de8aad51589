using Mail.Core.TrackedMail;
using Mail.Api.Http;
using Microsoft.AspNetCore.Mvc;

namespace Mail.Api.Features.TrackedMail;

/// <summary>
/// Where the links of tracked mail lead. Everybody may ask; only what we signed is answered, and anything else is just not there. HEAD
/// answers the same and counts nothing: it is how machines look a link over.
/// </summary>
internal static class TrackingEndpoints
{
    private const int MaxUnsubscribeBody = 4 * 1024;
    private const int MaxUserAgent = 300;
    private static readonly string[] _reads = [HttpMethods.Get, HttpMethods.Head];

    // A transparent picture of one pixel.
    private static readonly byte[] _pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    public static void MapTracking(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/t/o/{token}", _reads, Open).AllowAnonymous();
        routes.MapMethods("/t/c/{token}", _reads, Click).AllowAnonymous();
        routes.MapMethods("/u/{token}", _reads, ShowUnsubscribe).AllowAnonymous();
        routes.MapPost("/u/{token}", Unsubscribe).AllowAnonymous().DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MaxUnsubscribeBody));
    }

    private static IResult Open(string token, TrackingLinks links, TrackingWriter writer, HttpContext context)
    {
        if (links.Read(TrackingAction.Open, token) is not { } target)
            return NotThere();
        Count(TrackingAction.Open, target, writer, context);
        SetHeaders(context.Response);
        return TypedResults.Bytes(_pixel, "image/gif");
    }

    private static IResult Click(string token, TrackingLinks links, TrackingWriter writer, HttpContext context)
    {
        if (links.Read(TrackingAction.Click, token) is not { } target)
            return NotThere();
        Count(TrackingAction.Click, target, writer, context);
        SetHeaders(context.Response);
        // A header takes ASCII only.
        var url = new Uri(target.Url);
        context.Response.Headers.Location = new UriBuilder(url) { Host = url.IdnHost }.Uri.AbsoluteUri;
        return TypedResults.StatusCode(StatusCodes.Status302Found);
    }

    // A GET never unsubscribes: mail scanners follow every link.
    private static async Task<IResult> ShowUnsubscribe(
        string token, TrackingLinks links, TrackingStore store, HttpContext context, CancellationToken cancellationToken)
    {
        if (links.Read(TrackingAction.Unsubscribe, token) is not { } target || await store.FindAddressAsync(target, cancellationToken) is not { } address)
            return NotThere();
        SetHeaders(context.Response);
        return UnsubscribePage.Ask(address);
    }

    // RFC 8058 §3.2: no cookie, no sign-in, no question. What the body says does not matter: whoever has the token may.
    private static async Task<IResult> Unsubscribe(
        string token, TrackingLinks links, TrackingStore store, HttpContext context, CancellationToken cancellationToken)
    {
        if (links.Read(TrackingAction.Unsubscribe, token) is not { } target)
            return NotThere();
        if (!await store.UnsubscribeAsync(HitOf(TrackingAction.Unsubscribe, target, context), cancellationToken))
            return NotThere();
        SetHeaders(context.Response);
        return UnsubscribePage.Done();
    }

    private static void Count(TrackingAction action, TrackingTarget target, TrackingWriter writer, HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method))
            writer.Add(HitOf(action, target, context));
    }

    private static TrackingHit HitOf(TrackingAction action, TrackingTarget target, HttpContext context)
    {
        var agent = context.Request.Headers.UserAgent.ToString();
        var shown = string.Concat(agent.Take(MaxUserAgent).Where(character => !char.IsControl(character)));
        // Browsers say so when they load a page that nobody asked for yet.
        var client = context.Request.Headers["Sec-Purpose"].ToString().StartsWith("prefetch", StringComparison.OrdinalIgnoreCase)
            ? TrackingClient.Machine
            : TrackingClients.Of(shown);
        return new TrackingHit(action, target, shown.Length > 0 ? shown : null, context.Connection.RemoteIpAddress?.ToString(), client);
    }

    private static void SetHeaders(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["X-Robots-Tag"] = "noindex";
        response.Headers.XContentTypeOptions = "nosniff";
    }

    private static Problem NotThere() => Problem.NotFound("page");
}
