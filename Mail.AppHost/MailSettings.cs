using System.Security.Cryptography;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Mail.AppHost;

/// <summary>What every Mail service gets beside its connections.</summary>
internal static class MailSettings
{
    /// <summary>The environment's name, the operator's secret, and every <c>Mail:*</c> setting given to the AppHost.</summary>
    public static IResourceBuilder<ProjectResource> WithMailSettings(
        this IResourceBuilder<ProjectResource> project, IResourceBuilder<ParameterResource> masterKey)
    {
        var builder = project.ApplicationBuilder;
        project
            .WithEnvironment("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName)
            .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
            .WithEnvironment("Mail__Secrets__MasterKey", masterKey);
        // Addresses that play a part, for whoever tries things out; settings given to the AppHost win.
        if (builder.Environment.IsDevelopment())
            project.WithEnvironment("Mail__Sandbox__Domain", "sandbox.test");
        foreach (var (name, value) in builder.Configuration.GetSection("Mail").AsEnumerable())
            if (value is not null)
                project.WithEnvironment(name.Replace(":", "__", StringComparison.Ordinal), value);
        return project;
    }

    /// <summary>Links in mail lead to the API on this machine, unless the AppHost is told otherwise.</summary>
    public static IResourceBuilder<ProjectResource> WithTrackingOrigin(this IResourceBuilder<ProjectResource> project, EndpointReference api) =>
        project.ApplicationBuilder.Configuration["Mail:Tracking:Origin"] is null ? project.WithEnvironment("Mail__Tracking__Origin", api) : project;
}

/// <summary>An API key of the form <c>ms_live_&lt;prefix&gt;_&lt;secret&gt;</c>.</summary>
internal sealed class ApiKeyDefault(string kind) : ParameterDefault
{
    private const string LowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + LowerAlphanumeric;
    private const int PrefixLength = 8, SecretLength = 40;

    public override string GetDefaultValue() =>
        $"{kind}_{RandomNumberGenerator.GetString(LowerAlphanumeric, PrefixLength)}_{RandomNumberGenerator.GetString(Alphanumeric, SecretLength)}";

    public override void WriteToManifest(ManifestPublishingContext context) => throw new NotSupportedException();
}

/// <summary>The 256-bit key, in base64, that protects secrets at rest.</summary>
internal sealed class MasterKeyDefault : ParameterDefault
{
    private const int KeyBytes = 32;

    public override string GetDefaultValue() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    public override void WriteToManifest(ManifestPublishingContext context) => throw new NotSupportedException();
}
