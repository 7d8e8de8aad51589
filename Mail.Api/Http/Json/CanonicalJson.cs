using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Mail.Api.Http.Json;

/// <summary>
/// The hash that tells whether two bodies say the same: order of members and white space do not matter, escapes are
/// resolved, numbers count as written.
/// </summary>
internal static class CanonicalJson
{
    public static byte[] Hash(ReadOnlyMemory<byte> json, string without)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = ApiJson.MaxDepth });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, document.RootElement, without);
        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, JsonElement element, string? without)
    {
        hash.AppendData([(byte)element.ValueKind]);
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject().Where(member => member.Name != without).OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    AppendText(hash, member.Name);
                    Append(hash, member.Value, without: null);
                }
                hash.AppendData([0xFF]);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Append(hash, item, without: null);
                hash.AppendData([0xFF]);
                break;
            case JsonValueKind.String:
                AppendText(hash, element.GetString()!);
                break;
            case JsonValueKind.Number:
                AppendText(hash, element.GetRawText());
                break;
        }
    }

    // The length in front keeps neighbours apart.
    private static void AppendText(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
