using System.Net;

namespace Mail.Worker.Sandbox;

internal static class SandboxServices
{
    private static readonly TimeSpan VisitTimeout = TimeSpan.FromSeconds(15);

    /// <summary>What the sandbox does after it took a mail.</summary>
    public static IHostApplicationBuilder AddSandboxFollowUps(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<SandboxContext>();
        services.AddSingleton<SandboxReports>();
        services.AddSingleton<SandboxReader>();
        services.AddHostedService<SandboxLoop>();
        services.AddHttpClient(SandboxReader.ClientName, client => client.Timeout = VisitTimeout)
            // Where a link leads is none of our business: only that it was followed.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, AutomaticDecompression = DecompressionMethods.None })
            .ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear())
            .RemoveAllLoggers();
        return builder;
    }
}
