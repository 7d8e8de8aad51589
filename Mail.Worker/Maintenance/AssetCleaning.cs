using Azure;
using Mail.Core.Assets;

namespace Mail.Worker.Maintenance;

/// <summary>Deletes bytes that nobody needs: of uploads that were not finished, of assets that are gone, of mail that is settled.</summary>
internal sealed partial class AssetCleaning(
    BlobStore blobs, BlobBytes bytes, UploadStore uploads, ILogger<AssetCleaning> logger)
{
    // Few at a time: their rows are locked while storage is asked to delete them.
    public const int Part = 50;

    // Whoever reads the bytes just now comes to the end.
    private static readonly TimeSpan ReadOn = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeepSessions = TimeSpan.FromDays(30);

    public Task<int> CollectAsync(CancellationToken cancellationToken) => blobs.CollectAsync(Part, ReadOn, cancellationToken);

    public Task<int> DeleteExpiredAsync(CancellationToken cancellationToken) => uploads.DeleteExpiredAsync(Part, KeepSessions, cancellationToken);

    /// <summary>Storage that is away stops nothing: what is due stays due.</summary>
    public async Task<int> EmptyTrashAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await blobs.EmptyTrashAsync(Part, name => bytes.DeleteAsync(name, cancellationToken), cancellationToken);
        }
        catch (RequestFailedException away)
        {
            Log.BlobsNotDeleted(logger, away.Message);
            return 0;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Blobs that nobody needs could not be deleted and stay for the next time: {Reason}")]
        public static partial void BlobsNotDeleted(ILogger logger, string reason);
    }
}

internal static class AssetCleaningServices
{
    public static void AddAssetCleaning(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AssetCleaning>();
        Add("unneeded blobs", assets => assets.CollectAsync);
        Add("trash of blobs", assets => assets.EmptyTrashAsync);
        Add("upload sessions", assets => assets.DeleteExpiredAsync);

        void Add(string name, Func<AssetCleaning, Func<CancellationToken, Task<int>>> run) =>
            builder.Services.AddMaintenanceJob<AssetCleaning>((assets, options) =>
                new MaintenanceJob(name, options.CleanUpInterval, AssetCleaning.Part, run(assets)));
    }
}
