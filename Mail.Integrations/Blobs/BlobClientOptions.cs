using Azure.Core;

namespace Azure.Storage.Blobs;

/// <summary>Retries and time-outs of the blob clients: three retries from 200 ms on, 15 s for each attempt or read.</summary>
public sealed class BlobClientOptions : ClientOptions
{
    public BlobClientOptions()
    {
        Retry.MaxRetries = 3;
        Retry.Mode = RetryMode.Exponential;
        Retry.Delay = TimeSpan.FromMilliseconds(200);
        Retry.MaxDelay = TimeSpan.FromSeconds(2);
        Retry.NetworkTimeout = TimeSpan.FromSeconds(15);
    }

    internal TimeProvider Time { get; set; } = TimeProvider.System;
}
