using System.Security.Cryptography;
using System.Text;

namespace Mail.Integrations.Redis;

/// <summary>A Lua script that runs atomically on the server. Make one per script and keep it.</summary>
public sealed class RedisScript(string text)
{
    public string Text { get; } = text;

    /// <summary>The name by which Redis caches the script: SHA-1 because the protocol says so.</summary>
    public string Sha1 { get; } = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
}
