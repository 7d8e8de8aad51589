namespace Mail.AppHost;

/// <summary>Ready pages of the Aspire dashboard: what operators of a mail server look at first, each one click away from the worker.</summary>
internal static class DashboardLinks
{
    private const string Meter = "Mail.Worker";
    private const int Minutes = 15;

    private static readonly (string Text, string Instrument)[] Pages =
    [
        ("Queue depth", "mail.queue.depth"),
        ("Queue age", "mail.queue.oldest_due"),
        ("Attempts", "mail.delivery.attempts"),
        ("Latency to 250", "mail.delivery.latency"),
        ("Connections", "mail.smtp.client.connections"),
        ("Throttle waits", "mail.throttle.wait"),
    ];

    /// <summary>Puts a link to the page of each of these instruments beside the resource, over all its replicas.</summary>
    public static IResourceBuilder<ProjectResource> WithMetricPages(this IResourceBuilder<ProjectResource> worker)
    {
        var configuration = worker.ApplicationBuilder.Configuration;
        return worker.WithUrls(context =>
        {
            // Known when the dashboard has been started; without one there is nothing to link to.
            if (configuration["ASPNETCORE_URLS"]?.Split(';')[0].TrimEnd('/') is not { } dashboard)
                return;
            foreach (var (text, instrument) in Pages)
            {
                context.Urls.Add(new ResourceUrlAnnotation
                {
                    Url = $"{dashboard}/metrics/resource/{context.Resource.Name}?meter={Meter}&instrument={instrument}&duration={Minutes}&view=Graph",
                    DisplayText = text,
                });
            }
        });
    }
}
