using Azure.Storage;

namespace Mail.Integrations.Blobs;

/// <summary>
/// A storage connection string: <c>AccountName=…;AccountKey=…;BlobEndpoint=…</c>, one with a <c>SharedAccessSignature</c>,
/// <c>UseDevelopmentStorage=true</c>, or just the account's <c>https</c> address, which is then signed in to with Azure.Identity.
/// </summary>
internal sealed record BlobConnectionString(Uri Endpoint, StorageSharedKeyCredential? Key, string? Sas)
{
    // Azurite's account; the key is the same on every machine and published.
    private const string DevelopmentAccount = "devstoreaccount1";
    private const string DevelopmentKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const string DevelopmentEndpoint = "http://127.0.0.1:10000/" + DevelopmentAccount;

    public bool NeedsTokens => Key is null && Sas is null;

    /// <exception cref="FormatException">Names the key that is missing or wrong; never contains its value.</exception>
    public static BlobConnectionString Parse(string connectionString)
    {
        if (Uri.TryCreate(connectionString, UriKind.Absolute, out var address) && address.Scheme.StartsWith("http", StringComparison.Ordinal))
            return address.Scheme == Uri.UriSchemeHttps
                ? new BlobConnectionString(address, null, null)
                : throw new FormatException("an address without a key must be https, because it is used with a token");
        var values = Split(connectionString);
        if (values.GetValueOrDefault("UseDevelopmentStorage") is { } development)
            return bool.TryParse(development, out var use) && use
                ? new BlobConnectionString(new Uri(DevelopmentEndpoint), new StorageSharedKeyCredential(DevelopmentAccount, DevelopmentKey), null)
                : throw new FormatException("'UseDevelopmentStorage' can only be true");
        var endpoint = EndpointOf(values);
        if (values.GetValueOrDefault("SharedAccessSignature") is { Length: > 0 } sas)
            return new BlobConnectionString(endpoint, null, sas.TrimStart('?'));
        return new BlobConnectionString(endpoint, KeyOf(values), null);
    }

    private static Dictionary<string, string> Split(string connectionString)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new FormatException("a part of it is not key=value");
            if (!values.TryAdd(part[..equals].Trim(), part[(equals + 1)..].Trim()))
                throw new FormatException($"the key '{part[..equals].Trim()}' is there twice");
        }
        return values;
    }

    private static Uri EndpointOf(Dictionary<string, string> values)
    {
        if (values.GetValueOrDefault("BlobEndpoint") is { } given)
            return Uri.TryCreate(given, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https"
                ? endpoint
                : throw new FormatException("'BlobEndpoint' is not an http address");
        var account = values.GetValueOrDefault("AccountName") ?? throw new FormatException("'AccountName' or 'BlobEndpoint' is missing");
        var scheme = values.GetValueOrDefault("DefaultEndpointsProtocol", "https");
        var suffix = values.GetValueOrDefault("EndpointSuffix", "core.windows.net");
        return Uri.TryCreate($"{scheme}://{account}.blob.{suffix}", UriKind.Absolute, out var standard)
            ? standard
            : throw new FormatException("'DefaultEndpointsProtocol', 'AccountName' and 'EndpointSuffix' do not make an address");
    }

    private static StorageSharedKeyCredential KeyOf(Dictionary<string, string> values)
    {
        var account = values.GetValueOrDefault("AccountName") ?? throw new FormatException("'AccountName' is missing");
        var key = values.GetValueOrDefault("AccountKey") ?? throw new FormatException("'AccountKey' is missing");
        try
        {
            return new StorageSharedKeyCredential(account, key);
        }
        catch (FormatException)
        {
            throw new FormatException("'AccountKey' is not Base64");
        }
    }
}
