using System.Net;

namespace Mail.Core.Templates.PlainText;

/// <summary>Derives the text part of a mail from its HTML: what a reader would see, with the addresses of links.</summary>
public static class HtmlToText
{
    /// <summary>A longer text is cut: nobody reads it, and it would double the mail.</summary>
    private const int MaxLength = 500_000;

    public static string Convert(string html)
    {
        var walk = new Walk();
        var tokens = new HtmlTokenizer(html);
        while (!walk.Layout.IsFull && tokens.Read())
        {
            switch (tokens.Kind)
            {
                case HtmlTokenKind.Text:
                    walk.AddText(tokens.Text);
                    break;
                case HtmlTokenKind.StartTag:
                    if (HtmlTokenizer.IsRawText(tokens.Name))
                        tokens.SkipRawText(tokens.Name);
                    else
                        walk.Open(tokens.Name, tokens.Attributes);
                    break;
                default:
                    walk.Close(tokens.Name);
                    break;
            }
        }
        return walk.Finish();
    }

    private sealed class Walk
    {
        private string? _hiddenElement;
        private int _hiddenDepth;
        private int _preformatted;
        private string? _href;
        private int _linkStart;
        private readonly Stack<bool> _layoutTables = new();

        public TextLayout Layout { get; } = new(MaxLength);

        public void AddText(ReadOnlySpan<char> raw)
        {
            if (_hiddenElement is not null)
                return;
            var text = raw.Contains('&') ? WebUtility.HtmlDecode(raw.ToString()) : raw;
            if (_preformatted > 0)
                Layout.AddLines(text);
            else
                Layout.AddWords(text);
        }

        public void Open(ReadOnlySpan<char> name, ReadOnlySpan<char> attributes)
        {
            Span<char> lower = stackalloc char[16];
            var tag = Lower(name, lower);
            if (_hiddenElement is not null)
            {
                if (tag.SequenceEqual(_hiddenElement))
                    _hiddenDepth++;
                return;
            }
            if (!IsVoid(tag) && HtmlAttributes.IsHidden(attributes))
            {
                (_hiddenElement, _hiddenDepth) = (tag.ToString(), 1);
                return;
            }
            OpenShown(tag, attributes);
        }

        public void Close(ReadOnlySpan<char> name)
        {
            Span<char> lower = stackalloc char[16];
            var tag = Lower(name, lower);
            if (_hiddenElement is not null)
            {
                if (tag.SequenceEqual(_hiddenElement) && --_hiddenDepth == 0)
                    _hiddenElement = null;
                return;
            }
            CloseShown(tag);
        }

        public string Finish()
        {
            EndLink();
            return Layout.ToString();
        }

        private void OpenShown(ReadOnlySpan<char> tag, ReadOnlySpan<char> attributes)
        {
            switch (tag)
            {
                case "br":
                    Layout.BreakLine();
                    break;
                case "hr":
                    Layout.Break(2);
                    Layout.AddWords("----------");
                    Layout.Break(2);
                    break;
                case "img":
                    if (HtmlAttributes.Find(attributes, "alt") is { Length: > 0 } alt)
                        Layout.AddWords(WebUtility.HtmlDecode(alt));
                    break;
                case "a":
                    EndLink();
                    _href = WebUtility.HtmlDecode(HtmlAttributes.Find(attributes, "href") ?? "").Trim();
                    _linkStart = Layout.Length;
                    break;
                case "ul" or "ol":
                    Layout.Break(1);
                    Layout.BeginList(tag is "ol");
                    break;
                case "li":
                    Layout.BeginItem();
                    break;
                case "blockquote":
                    Layout.Break(2);
                    Layout.Quote(begins: true);
                    break;
                case "pre":
                    Layout.Break(2);
                    _preformatted++;
                    break;
                case "table":
                    Layout.Break(1);
                    _layoutTables.Push(HtmlAttributes.Find(attributes, "role") is "presentation" or "none");
                    break;
                case "td" or "th":
                    Separate();
                    break;
                default:
                    Layout.Break(BreaksOf(tag));
                    break;
            }
        }

        private void CloseShown(ReadOnlySpan<char> tag)
        {
            switch (tag)
            {
                case "a":
                    EndLink();
                    break;
                case "ul" or "ol":
                    Layout.EndList();
                    Layout.Break(1);
                    break;
                case "li":
                    Layout.Break(1);
                    break;
                case "blockquote":
                    Layout.Quote(begins: false);
                    Layout.Break(2);
                    break;
                case "pre":
                    _preformatted = Math.Max(0, _preformatted - 1);
                    Layout.Break(2);
                    break;
                case "table":
                    _layoutTables.TryPop(out _);
                    Layout.Break(2);
                    break;
                default:
                    Layout.Break(BreaksOf(tag));
                    break;
            }
        }

        // The cells of a table that only arranges things are blocks; those of one with data are columns.
        private void Separate()
        {
            if (_layoutTables.TryPeek(out var isLayout) && isLayout)
                Layout.Break(1);
            else
                Layout.Gap();
        }

        private void EndLink()
        {
            var href = _href;
            _href = null;
            if (string.IsNullOrEmpty(href) || href[0] == '#' || Layout.Length == _linkStart)
                return;
            var text = Layout.Since(_linkStart);
            var address = href.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? href[7..] : href;
            if (!text.Contains(address, StringComparison.OrdinalIgnoreCase))
                Layout.AddWords($" ({address})");
        }

        private static int BreaksOf(ReadOnlySpan<char> tag) => tag switch
        {
            "p" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "dl" or "figure" => 2,
            "div" or "section" or "article" or "header" or "footer" or "main" or "nav" or "aside" or "address" or "center"
                or "tr" or "caption" or "dt" or "dd" or "figcaption" or "fieldset" or "form" or "body" => 1,
            _ => 0,
        };

        private static bool IsVoid(ReadOnlySpan<char> tag) =>
            tag is "br" or "hr" or "img" or "input" or "meta" or "link" or "col" or "area" or "base" or "wbr" or "source";

        // No name that means something here is longer.
        private static ReadOnlySpan<char> Lower(ReadOnlySpan<char> name, Span<char> target) =>
            name.Length <= target.Length ? target[..name.ToLowerInvariant(target)] : [];
    }
}
