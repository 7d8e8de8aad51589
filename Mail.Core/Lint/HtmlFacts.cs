using System.Net;
using System.Text;
using Mail.Core.Templates.PlainText;

namespace Mail.Core.Lint;

/// <summary>What the rules look at in HTML, gathered in one pass.</summary>
/// <param name="TextLength">Characters that are not white space.</param>
/// <param name="ActiveElement">The first element that does something instead of showing something.</param>
internal sealed record HtmlFacts(int TextLength, int Images, int ImagesWithoutAlt, string? ActiveElement, IReadOnlyList<(string Target, string Text)> Links)
{
    private const int MaxLinks = 1_000;

    public static HtmlFacts Read(string html)
    {
        var tokens = new HtmlTokenizer(html);
        var links = new List<(string, string)>();
        var (text, images, withoutAlt) = (0, 0, 0);
        string? active = null;
        (string Target, StringBuilder Text)? link = null;
        while (tokens.Read())
        {
            switch (tokens.Kind)
            {
                case HtmlTokenKind.Text:
                    text += CountVisible(tokens.Text);
                    link?.Text.Append(tokens.Text);
                    break;
                case HtmlTokenKind.EndTag when tokens.Name.Equals("a", StringComparison.OrdinalIgnoreCase):
                    Close();
                    break;
                case HtmlTokenKind.StartTag:
                    Open(ref tokens);
                    break;
            }
        }
        Close();
        return new HtmlFacts(text, images, withoutAlt, active, links);

        void Open(ref HtmlTokenizer tag)
        {
            var name = tag.Name.ToString().ToLowerInvariant();
            if (name is "script" or "form" or "iframe" or "object" or "embed")
                active ??= name;
            if (name == "img")
            {
                images++;
                withoutAlt += HtmlAttributes.Find(tag.Attributes, "alt") is null ? 1 : 0;
            }
            if (name == "a" && HtmlAttributes.Find(tag.Attributes, "href") is { } target)
            {
                Close();
                link = (WebUtility.HtmlDecode(target), new StringBuilder());
            }
            if (HtmlTokenizer.IsRawText(tag.Name))
                tag.SkipRawText(name);
        }

        void Close()
        {
            if (link is { } open && links.Count < MaxLinks)
                links.Add((open.Target, WebUtility.HtmlDecode(open.Text.ToString()).Trim()));
            link = null;
        }
    }

    private static int CountVisible(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var character in text)
            count += char.IsWhiteSpace(character) ? 0 : 1;
        return count;
    }
}
