using System.Text.Json;

namespace Mail.AppHost;

/// <summary>Where the running system is reached.</summary>
internal sealed record DevelopmentEndpoints(
    EndpointReference Api, EndpointReference Smtp, EndpointReference Submission, EndpointReference SubmissionTls);

/// <summary>Tells people and programs on this machine where the running system is, and with which keys.</summary>
internal static class DevelopmentFile
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Writes <c>.mail/dev.json</c> and prints the addresses as soon as they are known.</summary>
    public static void WriteDevelopmentFile(
        this IDistributedApplicationBuilder builder,
        DevelopmentEndpoints endpoints,
        IResourceBuilder<ParameterResource> apiKey,
        IResourceBuilder<ParameterResource> testApiKey)
    {
        var configuration = builder.Configuration;
        builder.Eventing.Subscribe<AfterResourcesCreatedEvent>(async (_, cancellationToken) =>
        {
            var dashboard = configuration["ASPNETCORE_URLS"]?.Split(';')[0].TrimEnd('/');
            var content = new
            {
                ApiUrl = endpoints.Api.Url,
                SmtpHost = endpoints.Smtp.Host,
                SmtpPort = endpoints.Smtp.Port,
                SubmissionPort = endpoints.Submission.Port,
                SubmissionTlsPort = endpoints.SubmissionTls.Port,
                DashboardUrl = $"{dashboard}/login?t={configuration["AppHost:BrowserToken"]}",
                ApiKey = await apiKey.Resource.GetValueAsync(cancellationToken),
                TestApiKey = await testApiKey.Resource.GetValueAsync(cancellationToken),
            };
            var directory = configuration["Hosting:State"] ?? Path.Combine(builder.AppHostDirectory, "..", ".mail");
            Directory.CreateDirectory(directory);
            await WriteAsync(Path.Combine(directory, "dev.json"), JsonSerializer.Serialize(content, Indented), cancellationToken);
            await Console.Out.WriteLineAsync($"""

                  API        {content.ApiUrl}
                  SMTP       {content.SmtpHost}:{content.SmtpPort}
                  Submission {content.SmtpHost}:{content.SubmissionPort} (STARTTLS), {content.SubmissionTlsPort} (TLS)
                  API key    {content.ApiKey}
                  Dashboard  {content.DashboardUrl}

                """);
        });
    }

    private static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(text.AsMemory(), cancellationToken);
    }
}
