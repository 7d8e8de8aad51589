using System.Net;
using System.Text;

namespace Mail.Core.TrackedMail;

/// <summary>
/// HTML in which the targets of links have been found: it is read once and written for each recipient. Only <c>href</c> of <c>a</c> and
/// <c>area</c> with http(s) addresses counts; comments, scripts and styles are left alone, and so is all that cannot be read.
/// </summary>
public sealed class TrackedHtml
{
    private const int MaxLinks = 1_000;
    private const int MaxName = 20;
    private const string EndOfBody = "</body";
    private static readonly string[] _raw = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext"];

    private readonly string _html;
    private readonly List<Link> _links = [];
    private int _end;

    private TrackedHtml(string html)
    {
        _html = html;
        _end = html.Length;
    }

    public static TrackedHtml Read(string html)
    {
        var read = new TrackedHtml(html);
        read.Scan();
        return read;
    }

    /// <param name="target">The address to lead to instead; null leaves the link.</param>
    /// <param name="pixel">Markup that is put at the end of the body; null for none.</param>
    public string Write(Func<string, string?> target, string? pixel)
    {
        var written = new StringBuilder(_html.Length + (_links.Count * 200) + 200);
        var at = 0;
        foreach (var link in _links)
        {
            if (target(link.Url) is not { } other)
                continue;
            written.Append(_html, at, link.Start - at).Append(WebUtility.HtmlEncode(other));
            at = link.End;
        }
        if (pixel is null)
            return written.Append(_html, at, _html.Length - at).ToString();
        return written.Append(_html, at, _end - at).Append(pixel).Append(_html, _end, _html.Length - _end).ToString();
    }

    private void Scan()
    {
        for (var at = _html.IndexOf('<', 0); at >= 0; at = at < _html.Length ? _html.IndexOf('<', at) : -1)
        {
            if (StartsWith(at, "<!--"))
                at = After("-->", at + 4);
            else if (at + 1 < _html.Length && char.IsAsciiLetter(_html[at + 1]))
                at = ReadTag(at + 1);
            else if (StartsWith(at, EndOfBody))
                (_end, at) = (at, at + EndOfBody.Length);
            else
                at++;
        }
    }

    // From the first letter of the name to behind the '>', or behind the content where that is no markup.
    private int ReadTag(int at)
    {
        var start = at;
        while (at < _html.Length && !IsSpace(_html[at]) && _html[at] is not ('>' or '/'))
            at++;
        var name = at - start > MaxName ? "" : _html[start..at].ToLowerInvariant();
        var isLink = name is "a" or "area";
        var raw = Array.IndexOf(_raw, name) < 0 ? null : name;
        var seen = false;
        while (at < _html.Length && _html[at] != '>')
        {
            if (IsSpace(_html[at]) || _html[at] == '/')
                at++;
            else
                at = ReadAttribute(at, isLink, ref seen);
        }
        at = Math.Min(at + 1, _html.Length);
        return raw is null ? at : EndOfRaw(raw, at);
    }

    private int ReadAttribute(int at, bool isLink, ref bool seen)
    {
        var start = at;
        // A '=' in front belongs to the name, as in the HTML standard; so this always goes on.
        do at++;
        while (at < _html.Length && !IsSpace(_html[at]) && _html[at] is not ('=' or '>' or '/'));
        var isTarget = isLink && _html.AsSpan(start, at - start).Equals("href", StringComparison.OrdinalIgnoreCase);
        while (at < _html.Length && IsSpace(_html[at]))
            at++;
        if (at == _html.Length || _html[at] != '=')
            return at;
        do at++;
        while (at < _html.Length && IsSpace(_html[at]));
        var (valueStart, valueEnd, after) = ReadValue(at);
        // The first of two attributes of a name counts.
        if (isTarget && !seen)
            Add(valueStart, valueEnd);
        seen |= isTarget;
        return after;
    }

    private (int Start, int End, int After) ReadValue(int at)
    {
        if (at < _html.Length && _html[at] is '"' or '\'')
        {
            var end = _html.IndexOf(_html[at], at + 1);
            // A quote that is never closed: nothing behind it can be read.
            return end < 0 ? (at, at, _html.Length) : (at + 1, end, end + 1);
        }
        var start = at;
        while (at < _html.Length && !IsSpace(_html[at]) && _html[at] != '>')
            at++;
        return (start, at, at);
    }

    private void Add(int start, int end)
    {
        if (_links.Count == MaxLinks || end - start > TrackingLinks.MaxUrl * 6)
            return;
        var url = WebUtility.HtmlDecode(_html[start..end]).Trim();
        if (url.Length <= TrackingLinks.MaxUrl && !url.Any(char.IsControl) && Uri.TryCreate(url, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
            _links.Add(new Link(start, end, url));
    }

    private int EndOfRaw(string element, int at)
    {
        if (element == "plaintext")
            return _html.Length;
        var end = _html.IndexOf("</" + element, at, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? _html.Length : end + 2;
    }

    private int After(string text, int at)
    {
        var found = _html.IndexOf(text, at, StringComparison.Ordinal);
        return found < 0 ? _html.Length : found + text.Length;
    }

    private bool StartsWith(int at, string text) => string.Compare(_html, at, text, 0, text.Length, StringComparison.OrdinalIgnoreCase) == 0;

    private static bool IsSpace(char character) => character is ' ' or '\t' or '\n' or '\r' or '\f';

    private readonly record struct Link(int Start, int End, string Url);
}
