using Azure.Core;

namespace Aspire.Azure.Storage.Blobs;

/// <summary>How the blob client of one connection name is made.</summary>
public sealed class AzureStorageBlobsSettings
{
    /// <summary>Storage connection string, or the account's https address; by default <c>ConnectionStrings:&lt;name&gt;</c>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Signs in when the connection string is only an address. Default: the chain of Azure.Identity.</summary>
    public TokenCredential? Credential { get; set; }

    /// <summary>Leaves the health check out.</summary>
    public bool DisableHealthChecks { get; set; }
}
