using System.Diagnostics;
using System.Globalization;
using Mail.ServiceDefaults.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Mail.ServiceDefaults.Telemetry;

/// <summary>
/// The server span of ASP.NET Core carries neither route nor status. This outermost middleware adds them by the names of the
/// OpenTelemetry HTTP conventions, and takes the health probes out of the traces.
/// </summary>
internal sealed class ServerSpanStartupFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(DescribeAsync);
        next(app);
    };

    private static async Task DescribeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { } span)
        {
            await next(context);
            return;
        }
        if (IsProbe(context.Request.Path)) Untrace(span);
        try
        {
            await next(context);
        }
        catch (Exception failure)
        {
            Describe(span, context, StatusCodes.Status500InternalServerError);
            span.SetTag("error.type", failure.GetType().FullName);
            throw;
        }
        Describe(span, context, context.Response.StatusCode);
    }

    private static bool IsProbe(PathString path) => path == HealthEndpoints.ReadyPath || path == HealthEndpoints.AlivePath;

    private static void Untrace(Activity span)
    {
        span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        span.IsAllDataRequested = false;
    }

    private static void Describe(Activity span, HttpContext context, int status)
    {
        if (!span.IsAllDataRequested) return;
        if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            span.SetTag("http.route", route);
            span.DisplayName = $"{context.Request.Method} {route}";
        }
        span.SetTag("http.response.status_code", status);
        if (status < 500) return;
        span.SetStatus(ActivityStatusCode.Error);
        span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
    }
}
