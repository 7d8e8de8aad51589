using System.Globalization;
using System.Text;

namespace Mail.Api.Http.Json;

/// <summary>Paths into a body, as RFC 6901 writes them.</summary>
internal static class JsonPointer
{
    // A name comes from the client and goes back into the answer.
    private const int MaxName = 64;

    public static string Append(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}/{index}");

    // RFC 6901 §3: "~" is "~0", "/" is "~1".
    public static string Append(string path, string name) =>
        $"{path}/{Shorten(name).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    public static string Shorten(string name) => name.Length <= MaxName ? name : string.Concat(name.AsSpan(0, MaxName), "…");

    /// <summary><c>Attachments[2].ContentId</c> as <c>/attachments/2/contentId</c>; what is a pointer stays one.</summary>
    public static string OfProperty(string property)
    {
        if (property.Length == 0 || property[0] == '/')
            return property;
        var pointer = new StringBuilder(property.Length + 8);
        foreach (var part in property.Split(['.', '['], StringSplitOptions.RemoveEmptyEntries))
        {
            var name = part.TrimEnd(']');
            pointer.Append('/').Append(char.ToLowerInvariant(name[0])).Append(name, 1, name.Length - 1);
        }
        return pointer.ToString();
    }
}
