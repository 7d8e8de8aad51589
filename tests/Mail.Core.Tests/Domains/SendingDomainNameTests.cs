using Mail.Core.Domains;
using Microsoft.Extensions.Options;

namespace Mail.Core.Tests.Domains;

public sealed class SendingDomainNameTests
{
    private readonly SendingDomainName _names = new(Options.Create(new MailHostOptions { Name = "mx.mailer.com", BounceDomain = "bounce.mailer.com" }));

    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("EXAMPLE.com.", "example.com")]
    [InlineData("Bücher.example", "xn--bcher-kva.example")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("ｅｘａｍｐｌｅ。com", "example.com")]
    [InlineData("mailer.com", "mailer.com")]
    [InlineData("notmx.mailer.com", "notmx.mailer.com")]
    [InlineData("shop.co.uk", "shop.co.uk")]
    [InlineData("co.shop", "co.shop")]
    public void Names_are_normalised(string text, string expected) => Assert.Equal((expected, null), _names.Read(text));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("com")]
    [InlineData("localhost")]
    [InlineData("a..b")]
    [InlineData("example.com..")]
    [InlineData("-a.com")]
    [InlineData("a_b.com")]
    [InlineData("*.example.com")]
    [InlineData("exa mple.com")]
    [InlineData("example.com\r\nX: y")]
    [InlineData("example.com\0")]
    [InlineData("user@example.com")]
    [InlineData("https://example.com")]
    [InlineData("[192.0.2.1]")]
    [InlineData("192.0.2.1")]
    [InlineData("printer.local")]
    [InlineData("1.168.192.in-addr.arpa")]
    [InlineData("co.uk")]
    [InlineData("com.au")]
    [InlineData("mx.mailer.com")]
    [InlineData("x.mx.mailer.com")]
    [InlineData("BOUNCE.mailer.com")]
    [InlineData("xn--a.com")]
    public void Other_names_are_refused(string text)
    {
        var (name, problem) = _names.Read(text);

        Assert.Null(name);
        Assert.NotNull(problem);
    }

    [Fact]
    public void A_name_leaves_room_for_the_names_below_it()
    {
        var label = new string('a', 62);
        var longest = $"{label}.{label}.{label}.{new string('a', 47)}.x";

        Assert.Equal(238, longest.Length);
        Assert.NotNull(_names.Read(longest).Name);
        Assert.Null(_names.Read("a" + longest).Name);
        Assert.Null(_names.Read(longest, new string('m', 30)).Name);
    }

    [Theory]
    [InlineData("mail", true)]
    [InlineData("m-1", true)]
    [InlineData("", false)]
    [InlineData("Mail", false)]
    [InlineData("-m", false)]
    [InlineData("a.b", false)]
    [InlineData("_m", false)]
    public void A_return_path_has_one_plain_label(string text, bool expected) => Assert.Equal(expected, SendingDomainName.IsMailFromSubdomain(text));
}
