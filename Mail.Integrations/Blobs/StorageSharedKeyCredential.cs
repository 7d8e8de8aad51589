using System.Security.Cryptography;
using System.Text;

namespace Azure.Storage;

/// <summary>Name and key of a storage account.</summary>
public sealed class StorageSharedKeyCredential
{
    private readonly byte[] _key;

    /// <exception cref="FormatException">The key is not Base64.</exception>
    public StorageSharedKeyCredential(string accountName, string accountKey)
    {
        AccountName = accountName;
        _key = Convert.FromBase64String(accountKey);
    }

    public string AccountName { get; }

    internal string Sign(string text) => Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));
}
