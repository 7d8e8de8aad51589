using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
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
        using var hash = new HashWriter();
        Append(hash, document.RootElement, without);
        return hash.Finish();
    }

    private static void Append(HashWriter hash, JsonElement element, string? without)
    {
        hash.Write([(byte)element.ValueKind]);
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var (name, value) in element.EnumerateObject().Select(member => (Name: NameOf(member), member.Value))
                             .Where(member => member.Name != without).OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    AppendText(hash, name);
                    Append(hash, value, without: null);
                }
                hash.Write([0xFF]);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Append(hash, item, without: null);
                hash.Write([0xFF]);
                break;
            case JsonValueKind.String:
                // Without escapes the text stands in the body as it is hashed; an attachment has millions of characters.
                if (JsonMarshal.GetRawUtf8Value(element)[1..^1] is var bytes && !bytes.Contains((byte)'\\'))
                    AppendText(hash, bytes);
                else
                    AppendText(hash, TextOf(element));
                break;
            case JsonValueKind.Number:
                AppendText(hash, JsonMarshal.GetRawUtf8Value(element));
                break;
        }
    }

    // An unpaired surrogate is no text; parts of a batch that have one are refused later, each by itself.
    private static string TextOf(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return element.GetRawText();
        }
    }

    private static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(member));
        }
    }

    private static void AppendText(HashWriter hash, string text) => AppendText(hash, Encoding.UTF8.GetBytes(text));

    // The length in front keeps neighbours apart.
    private static void AppendText(HashWriter hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.Write(length);
        hash.Write(bytes);
    }

    /// <summary>Puts small pieces together: each call of the hash costs as much as some hundred octets.</summary>
    private sealed class HashWriter : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(4_096);
        private int _filled;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length > _buffer.Length - _filled)
                Flush();
            if (bytes.Length > _buffer.Length)
            {
                _hash.AppendData(bytes);
                return;
            }
            bytes.CopyTo(_buffer.AsSpan(_filled));
            _filled += bytes.Length;
        }

        public byte[] Finish()
        {
            Flush();
            return _hash.GetHashAndReset();
        }

        public void Dispose()
        {
            _hash.Dispose();
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        private void Flush()
        {
            _hash.AppendData(_buffer, 0, _filled);
            _filled = 0;
        }
    }
}
