using System.Text;

namespace Mail.Core.Text;

/// <summary>Text of strangers, made so that the database takes it: no NUL, and no half of a surrogate pair.</summary>
public static class StorableText
{
    public static string Of(string text, int maxLength)
    {
        var kept = text.Length <= maxLength ? text : text[..maxLength];
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(kept.Replace('\0', '\uFFFD')));
    }
}
