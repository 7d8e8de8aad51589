using System.Text;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Mime;

public class ListUnsubscribeTests
{
    [Fact]
    public void One_click_has_two_fields_and_is_read_back()
    {
        var list = new ListUnsubscribe("https://example.com/u/abc?x=?=1", "mailto:u@example.com?subject=stop", OneClick: true);
        var fields = list.ToHeaderFields();
        Assert.Equal(["List-Unsubscribe", "List-Unsubscribe-Post"], fields.Select(f => f.Name));
        Assert.Equal("<https://example.com/u/abc?x=%3F=1>, <mailto:u@example.com?subject=stop>", fields[0].Value);
        Assert.Equal("List-Unsubscribe=One-Click", fields[1].Value);
        var mail = MimeMessage.Parse(MimeRoundTripTests.Write(MimeRoundTripTests.Sample with { Headers = fields }));
        Assert.Equal(list with { Https = "https://example.com/u/abc?x=%3F=1" }, ListUnsubscribe.Parse(mail.Headers));
    }

    [Fact]
    public void A_uri_of_full_length_is_never_encoded()
    {
        var list = new ListUnsubscribe("https://example.com/" + new string('a', ListUnsubscribe.MaxUri - 20), null, OneClick: false);
        var mail = MimeMessage.Parse(MimeRoundTripTests.Write(MimeRoundTripTests.Sample with { Headers = list.ToHeaderFields() }));
        Assert.Equal(list, ListUnsubscribe.Parse(mail.Headers));
        Assert.DoesNotContain("=?", mail.Headers.Find("List-Unsubscribe")!.Unfolded);
    }

    [Theory]
    [InlineData("http://example.com/", null)]
    [InlineData("https://example.com/a b", null)]
    [InlineData("https://example.com/\r\nX: y", null)]
    [InlineData("https://example.com/>", null)]
    [InlineData("https://", null)]
    [InlineData(null, "u@example.com")]
    [InlineData(null, null)]
    public void What_is_no_uri_is_a_bug_of_the_caller(string? https, string? mailTo) =>
        Assert.Throws<ArgumentException>(() => new ListUnsubscribe(https, mailTo, OneClick: false).ToHeaderFields());

    [Theory]
    // RFC 2369 §3.2
    [InlineData("<mailto:list@host.com?subject=unsubscribe>", null, "mailto:list@host.com?subject=unsubscribe")]
    [InlineData("(Use this command to get off the list)\r\n <mailto:list-manager@host.com?body=unsubscribe%20list>", null, "mailto:list-manager@host.com?body=unsubscribe%20list")]
    [InlineData("<http://www.host.com/list.cgi?cmd=unsub&lst=list>, <mailto:list-request@host.com?subject=unsubscribe>", "http://www.host.com/list.cgi?cmd=unsub&lst=list", "mailto:list-request@host.com?subject=unsubscribe")]
    [InlineData("<http://a.example/>, <https://b.exam\r\n ple/>", "https://b.example/", null)]
    public void Field_is_read(string value, string? web, string? mailTo)
    {
        var mail = MimeMessage.Parse(Encoding.ASCII.GetBytes($"List-Unsubscribe: {value}\r\n\r\n"));
        Assert.Equal(new ListUnsubscribe(web, mailTo, OneClick: false), ListUnsubscribe.Parse(mail.Headers));
    }

    [Theory]
    [InlineData("List-Unsubscribe: <http://a.example/>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\n", false)] // RFC 8058 §3.1: https
    [InlineData("List-Unsubscribe: <https://a.example/>\r\nList-Unsubscribe-Post: yes\r\n\r\n", false)]
    [InlineData("List-Unsubscribe: <https://a.example/>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\n", true)]
    public void One_click_needs_https_and_the_exact_value(string header, bool oneClick) =>
        Assert.Equal(oneClick, ListUnsubscribe.Parse(MimeMessage.Parse(Encoding.ASCII.GetBytes(header)).Headers)!.OneClick);

    [Fact]
    public void Mail_without_the_field_has_none() =>
        Assert.Null(ListUnsubscribe.Parse(MimeMessage.Parse("List-Unsubscribe: none\r\n\r\n"u8.ToArray()).Headers));
}
