using System.Text;
using Mail.Protocol.Smtp;

namespace Mail.Protocol.Tests.Smtp.Server;

public sealed class SmtpAuthResponseTests
{
    [Theory]
    [InlineData("\0tim\0tanstaaftanstaaf", "", "tim", "tanstaaftanstaaf")] // RFC 4616 §4
    [InlineData("Ursel\0Kurt\0xipj3plmq", "Ursel", "Kurt", "xipj3plmq")]
    [InlineData("\0jörg\0geheim ü", "", "jörg", "geheim ü")]
    public void Plain_is_read(string response, string authorization, string user, string secret)
    {
        var identity = SmtpAuthResponse.Plain(Encode(response));
        Assert.Equal(new SmtpAuthIdentity(authorization, user, secret), identity);
        Assert.DoesNotContain(secret, identity!.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("user\0secret")]
    [InlineData("\0user\0")]
    [InlineData("\0\0secret")]
    [InlineData("\0user\0secret\0more")]
    public void Other_responses_are_refused(string response) => Assert.Null(SmtpAuthResponse.Plain(Encode(response)));

    [Theory]
    [InlineData("*")]
    [InlineData("not base64")]
    [InlineData("AHR")]
    [InlineData("/////w==")] // not UTF-8
    public void What_is_not_base64_of_text_is_refused(string line)
    {
        Assert.Null(SmtpAuthResponse.Plain(Encoding.ASCII.GetBytes(line)));
        Assert.Null(SmtpAuthResponse.Text(Encoding.ASCII.GetBytes(line)));
    }

    [Fact]
    public void Login_line_is_read() => Assert.Equal("user@x", SmtpAuthResponse.Text(Encode("user@x")));

    private static byte[] Encode(string text) => Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
}
