using Mail.Core.TrackedMail;
using Mail.TestKit;

namespace Mail.Core.Tests.TrackedMail;

public sealed class TrackedHtmlTests
{
    [Theory]
    [InlineData("""<a href="https://a.test/x?a=1&amp;b=2">x</a>""", """<a href="[https://a.test/x?a=1&amp;b=2]">x</a>""")]
    [InlineData("<A HREF='http://a.test'>x</A>", "<A HREF='[http://a.test]'>x</A>")]
    [InlineData("<a class=b href=https://a.test/ target=_blank>x</a>", "<a class=b href=[https://a.test/] target=_blank>x</a>")]
    [InlineData("<a\n  href\t=\n \" https://a.test \"\n>x</a>", "<a\n  href\t=\n \"[https://a.test]\"\n>x</a>")]
    [InlineData("<map><area href=\"https://a.test\"></map>", "<map><area href=\"[https://a.test]\"></map>")]
    [InlineData("<a title=\"a > b\" href=\"https://a.test\">x</a>", "<a title=\"a > b\" href=\"[https://a.test]\">x</a>")]
    [InlineData("<a href=\"https://a.test\" href=\"https://b.test\">x</a>", "<a href=\"[https://a.test]\" href=\"https://b.test\">x</a>")]
    [InlineData("<a/href=\"https://a.test\">x</a>", "<a/href=\"[https://a.test]\">x</a>")]
    [InlineData("<a href=\"https://bücher.test/ü\">x</a>", "<a href=\"[https://b&#252;cher.test/&#252;]\">x</a>")]
    public void Targets_of_links_are_found(string html, string expected) =>
        Assert.Equal(expected, TrackedHtml.Read(html).Write(url => $"[{url}]", null));

    [Theory]
    [InlineData("<a href=\"mailto:a@b.test\">x</a>")]
    [InlineData("<a href=\"#top\">x</a>")]
    [InlineData("<a href=\"/relative\">x</a>")]
    [InlineData("<a href=\"javascript:alert(1)\">x</a>")]
    [InlineData("<a data-href=\"https://a.test\">x</a>")]
    [InlineData("<link href=\"https://a.test\">")]
    [InlineData("<img src=\"https://a.test\">")]
    [InlineData("<abbr href=\"https://a.test\">x</abbr>")]
    [InlineData("<!-- <a href=\"https://a.test\"> -->")]
    [InlineData("<!--[if mso]><a href=\"https://a.test\"><![endif]-->")]
    [InlineData("<script>var a = '<a href=\"https://a.test\">';</script>")]
    [InlineData("<style>/* <a href=\"https://a.test\"> */</style>")]
    [InlineData("<title><a href=\"https://a.test\"></title>")]
    [InlineData("< a href=\"https://a.test\">")]
    [InlineData("<a href=\"https://a.test>x</a>")]
    [InlineData("<a href=\"https://a.te\nst/\r\n\">x</a>")]
    [InlineData("<a href=\"https://a.test&#10;Set-Cookie: x\">x</a>")]
    [InlineData("<a href=")]
    [InlineData("<a href")]
    [InlineData("<a")]
    [InlineData("<")]
    [InlineData("")]
    public void All_else_stays_as_it_is(string html) => Assert.Equal(html, TrackedHtml.Read(html).Write(_ => "REPLACED", null));

    [Theory]
    [InlineData("<html><body><p>x</p></body></html>", "<html><body><p>x</p>PIXEL</body></html>")]
    [InlineData("<BODY>x</BODY >", "<BODY>xPIXEL</BODY >")]
    [InlineData("<p>x</p>", "<p>x</p>PIXEL")]
    [InlineData("<!-- </body> --><p>x</p>", "<!-- </body> --><p>x</p>PIXEL")]
    public void The_pixel_ends_the_body(string html, string expected) => Assert.Equal(expected, TrackedHtml.Read(html).Write(_ => null, "PIXEL"));

    [Fact]
    public void A_target_cannot_break_out_of_its_attribute() =>
        Assert.Equal("<a href='&quot;&#39;&lt;&gt;'>x</a>", TrackedHtml.Read("<a href='https://a.test'>x</a>").Write(_ => "\"'<>", null));

    [Fact]
    public void Very_many_links_are_left_from_the_thousandth_on()
    {
        var count = 0;
        TrackedHtml.Read(string.Concat(Enumerable.Repeat("<a href=\"https://a.test\">x</a>", 1500))).Write(_ => $"{count++}", null);
        Assert.Equal(1000, count);
    }

    [Theory]
    [InlineData("<")]
    [InlineData("<a ")]
    [InlineData("<a href=\"")]
    [InlineData("<!--")]
    [InlineData("<script>")]
    [InlineData("</body")]
    [InlineData("<a href='https://a.test'")]
    public void Repeated_fragments_cost_what_they_are_long(string fragment)
    {
        var html = string.Concat(Enumerable.Repeat(fragment, 2_000_000 / fragment.Length));
        var began = ThreadTime.Now;
        TrackedHtml.Read(html).Write(url => url, "PIXEL");
        Assert.InRange(ThreadTime.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }
}
