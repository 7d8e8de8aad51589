using System.Globalization;
using Mail.Integrations.Blobs;

namespace Azure.Storage.Sas;

/// <summary>What the holder of a shared access signature may do.</summary>
[Flags]
public enum BlobSasPermissions
{
    Read = 1,
    Create = 4,
    Write = 8,
    Delete = 16,
}

/// <summary>A shared access signature for one blob: what, until when, and how the answer describes itself to a browser.</summary>
public sealed class BlobSasBuilder(BlobSasPermissions permissions, DateTimeOffset expiresOn)
{
    public DateTimeOffset? StartsOn { get; set; }

    /// <summary>Sent as Content-Disposition of the answer.</summary>
    public string? ContentDisposition { get; set; }

    /// <summary>Sent as Content-Type of the answer.</summary>
    public string? ContentType { get; set; }

    internal string Sign(StorageSharedKeyCredential key, string container, string blob, string scheme)
    {
        var allowed = Letters(permissions);
        var start = StartsOn is { } from ? Format(from) : "";
        var expiry = Format(expiresOn);
        var protocol = scheme == Uri.UriSchemeHttps ? "https" : "https,http";
        // In this order: snapshot, encryption scope, cache-control, encoding and language are unused.
        string[] fields =
        [
            allowed, start, expiry, $"/blob/{key.AccountName}/{container}/{blob}", "", "", protocol, BlobRequests.ServiceVersion, "b", "", "",
            "", ContentDisposition ?? "", "", "", ContentType ?? "",
        ];
        (string Name, string Value)[] query =
        [
            ("sv", BlobRequests.ServiceVersion), ("spr", protocol), ("st", start), ("se", expiry), ("sr", "b"), ("sp", allowed),
            ("rscd", ContentDisposition ?? ""), ("rsct", ContentType ?? ""), ("sig", key.Sign(string.Join('\n', fields))),
        ];
        return string.Join('&', query.Where(part => part.Value.Length > 0).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value)}"));
    }

    // The service wants the letters in this order.
    private static string Letters(BlobSasPermissions permissions) => string.Concat(
        permissions.HasFlag(BlobSasPermissions.Read) ? "r" : "",
        permissions.HasFlag(BlobSasPermissions.Create) ? "c" : "",
        permissions.HasFlag(BlobSasPermissions.Write) ? "w" : "",
        permissions.HasFlag(BlobSasPermissions.Delete) ? "d" : "");

    private static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
