using Mail.Core.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mail.Core.TrackedMail;

public static class TrackingServices
{
    /// <summary>For those that write links.</summary>
    internal static void AddTracking(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<TrackingOptions>(TrackingOptions.Section);
        builder.Services.AddSingleton<TrackingDefaults>();
        builder.Services.AddSingleton(provider => new TrackingLinks(new SignedTokens(provider.GetRequiredService<SecretBox>().DeriveKeys("tracking"))));
    }

    /// <summary>For the host whose routes the links lead to.</summary>
    public static void AddTrackingHits(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TrackingStore>();
        builder.Services.AddSingleton<TrackingWriter>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<TrackingWriter>());
    }
}
