using Mail.Core.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mail.Core.Assets;

internal static class AssetServices
{
    public static void AddAssets(this IHostApplicationBuilder builder)
    {
        builder.AddMailOptions<AssetOptions>(AssetOptions.Section);
        var services = builder.Services;
        services.AddSingleton<BlobStore>();
        services.AddSingleton<BlobBytes>();
        services.AddSingleton<AttachmentBlobs>();
        services.AddSingleton<AssetStore>();
        services.AddSingleton<UploadStore>();
        services.AddSingleton<AssetLinkStore>();
        services.AddSingleton<AssetUploads>();
        services.AddSingleton<UploadSessions>();
        services.AddSingleton(provider => new AssetLinks(
            new SignedTokens(provider.GetRequiredService<SecretBox>().DeriveKeys("asset-links")), provider.GetRequiredService<TimeProvider>()));
    }
}
