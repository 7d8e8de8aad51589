using System.Text;
using System.Text.RegularExpressions;
using Mail.Core.Ids;

namespace Mail.Core.Templates;

/// <summary>The name that a template is addressed by besides its id.</summary>
public static partial class TemplateSlug
{
    public const string Form = "1 to 100 lower-case letters, digits, '-', '_' and '.', beginning with a letter or digit, and not as an id begins";
    private const int MaxDerived = 60;

    // What looks like an id would never be found as a slug.
    public static bool IsValid(string text) => Pattern().IsMatch(text) && !text.StartsWith(TemplateId.Prefix + "_", StringComparison.Ordinal);

    /// <summary>A slug that says what the name says: <c>Weekly report</c> as <c>weekly-report</c>.</summary>
    public static string From(string name)
    {
        var slug = new StringBuilder();
        foreach (var character in name.ToLowerInvariant())
        {
            if (slug.Length == MaxDerived)
                break;
            if (char.IsAsciiLetterOrDigit(character))
                slug.Append(character);
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
        }
        var text = slug.ToString().Trim('-');
        return text.Length == 0 ? "template" : text;
    }

    /// <summary>The same, made unique by the end of the id.</summary>
    public static string From(string name, TemplateId id) => $"{From(name)}-{PrefixedId.Format(id)[^6..]}";

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]{0,99}\z")]
    private static partial Regex Pattern();
}
