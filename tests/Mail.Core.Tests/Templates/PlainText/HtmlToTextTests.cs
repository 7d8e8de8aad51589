using Mail.Core.Templates.PlainText;
using Mail.TestKit;

namespace Mail.Core.Tests.Templates.PlainText;

public sealed class HtmlToTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("<p>One</p><p>Two</p>", "One\n\nTwo")]
    [InlineData("<p>a  \r\n <b>b</b><i>c</i> d</p>", "a bc d")]
    [InlineData("a<br>b<br/><br>c", "a\nb\n\nc")]
    [InlineData("<div>a</div><div>b</div>", "a\nb")]
    [InlineData("<h1>Title</h1>text", "Title\n\ntext")]
    [InlineData("a<hr>b", "a\n\n----------\n\nb")]
    [InlineData("See <a href=\"https://example.com/a?b=1&amp;c=2\">our page</a>.", "See our page (https://example.com/a?b=1&c=2).")]
    [InlineData("<a href=https://example.com/>https://example.com/</a>", "https://example.com/")]
    [InlineData("<a href='mailto:a@example.com'>a@example.com</a> <a href='mailto:b@example.com'>us</a>", "a@example.com us (b@example.com)")]
    [InlineData("<a href='#top'>up</a> <a name=x>y</a>", "up y")]
    [InlineData("<a href='https://example.com/'><img src=x alt='Logo of us'></a><img src=y><img alt=''>", "Logo of us (https://example.com/)")]
    [InlineData("<ul><li>one</li><li>two<ul><li>deep</li></ul></li></ul>end", "- one\n- two\n  - deep\nend")]
    [InlineData("<ol><li>one<li>two</ol>", "1. one\n2. two")]
    [InlineData("<ul><li><p>one</p><p>more</p></li></ul>", "- one\n\n  more")]
    [InlineData("<blockquote><p>q</p><p>r</p></blockquote>a", "> q\n>\n> r\n\na")]
    [InlineData("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc")]
    [InlineData("<table><tr><th>Item</th><th>Price</th></tr><tr><td>Tea</td><td>2.50</td></tr></table>", "Item  Price\nTea  2.50")]
    [InlineData("<table role=\"presentation\"><tr><td>left</td><td><p>right</p></td></tr></table>after", "left\n\nright\n\nafter")]
    [InlineData("&lt;b&gt; &amp;amp; &euro;5 &#8364; &#x20AC; &nbsp;x &unknown; a&b", "<b> &amp; €5 € € x &unknown; a&b")]
    [InlineData("zero&#8203;width&shy;s&#847;", "zerowidths")]
    [InlineData("<div style=\"display: none; max-height:0\">preview <div>x</div> text</div>shown", "shown")]
    [InlineData("<span hidden>no</span><SPAN STYLE='DISPLAY:NONE'>no</SPAN>yes", "yes")]
    [InlineData("<head><title>no</title><style>p{}</style></head><body>yes<script>if (a<b) '</p>'</script></body>", "yes")]
    [InlineData("<!DOCTYPE html><!-- no > --><?xml?><!--[if mso]><p>no</p><![endif]-->yes", "yes")]
    [InlineData("1 < 2 and a<3", "1 < 2 and a<3")]
    [InlineData("<p title=\"a > b\">yes</p>", "yes")]
    [InlineData("<p title='never closed>lost", "")]
    [InlineData("<!-- never closed", "")]
    [InlineData("a<", "a<")]
    [InlineData("</p></ul></table></blockquote>a", "a")]
    public void Says_what_a_reader_would_see(string html, string text) => Assert.Equal(text, HtmlToText.Convert(html));

    [Fact]
    public void Random_html_gives_some_text()
    {
        string[] pieces =
            ["<", ">", "</", "/>", "<!--", "-->", "<a href=", "\"", "'", "=", "x", " ", "\n", "&amp;", "&#", ";", "p", "table", "td", "li", "ul",
             "<script", "style='display:none'", "<pre>", "<blockquote>", "</blockquote>", "<br>", "\u200B", "\uD83D", "<![CDATA["];
        var random = new Random(11);
        for (var round = 0; round < 20_000; round++)
        {
            var html = string.Concat(Enumerable.Range(0, random.Next(25)).Select(_ => pieces[random.Next(pieces.Length)]));
            Assert.InRange(HtmlToText.Convert(html).Length, 0, 50 * (html.Length + 1));
        }
    }

    [Theory]
    [InlineData("<blockquote>", 60_000, "x")]
    [InlineData("<ul><li>", 60_000, "x")]
    [InlineData("<div style='display:none'>", 30_000, "x")]
    [InlineData("<a href='https://example.com/'>y", 30_000, "")]
    [InlineData("<", 500_000, "")]
    [InlineData("<a ", 200_000, "")]
    [InlineData("<!--", 200_000, "")]
    [InlineData("<script>", 100_000, "")]
    [InlineData("<p a='", 100_000, "")]
    [InlineData("&amp", 200_000, "")]
    [InlineData("<table><tr><td>", 60_000, "x")]
    public void Hostile_html_costs_no_more_than_its_length(string piece, int times, string end)
    {
        var began = ThreadTime.Now;
        Assert.InRange(HtmlToText.Convert(string.Concat(Enumerable.Repeat(piece, times)) + end).Length, 0, 500_000);
        Assert.InRange(ThreadTime.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }
}
