using System.Diagnostics;
using Mail.Core.Messages;

namespace Mail.Api.Http;

/// <summary>Gives every request a trace, whoever listens, and says its id in <c>X-Request-Id</c>.</summary>
internal sealed class RequestTrace(RequestDelegate next)
{
    private const string Header = "X-Request-Id";

    public async Task InvokeAsync(HttpContext context)
    {
        using var own = Activity.Current is null ? Start(context) : null;
        var id = Activity.Current!.TraceId.ToHexString();
        context.Features.Set(new TraceId(id));
        context.Response.Headers[Header] = id;
        await next(context);
    }

    public static string IdOf(HttpContext context) => context.Features.Get<TraceId>()?.Value ?? context.TraceIdentifier;

    /// <summary>Puts the message on the span of the request.</summary>
    public static void Tag(MessageId message) => Activity.Current?.SetTag("mail.message.id", message.ToString());

    private static Activity Start(HttpContext context)
    {
        var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C);
        if (ActivityContext.TryParse(context.Request.Headers.TraceParent, context.Request.Headers.TraceState, out var parent))
            activity.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
        return activity.Start();
    }

    private sealed record TraceId(string Value);
}
