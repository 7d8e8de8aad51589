using System.Text;
using Mail.Protocol.MtaSts;

namespace Mail.Protocol.Tests.MtaSts;

public sealed class MtaStsPolicyTests
{
    // RFC 8461 §3.2
    private const string Example =
        "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmx: backupmx.example.com\r\nmax_age: 604800\r\n";

    [Fact]
    public void Example_of_the_rfc_is_read()
    {
        var policy = Valid(Example);
        Assert.Equal(MtaStsMode.Enforce, policy.Mode);
        Assert.Equal(["mail.example.com", "*.example.net", "backupmx.example.com"], policy.Mx);
        Assert.Equal(TimeSpan.FromDays(7), policy.MaxAge);
        Assert.Equal(Example, policy.ToString());
    }

    [Theory]
    [InlineData("mail.example.com", true)]
    [InlineData("MAIL.Example.COM.", true)]
    [InlineData("backupmx.example.com", true)]
    [InlineData("mx1.example.net", true)]
    [InlineData("example.net", false)] // RFC 8461 §4.1: the wildcard is one label
    [InlineData("a.b.example.net", false)]
    [InlineData("mail.example.com.evil.test", false)]
    [InlineData("xmail.example.com", false)]
    [InlineData(".example.net", false)]
    [InlineData("", false)]
    public void Host_is_matched_by_name_or_leftmost_wildcard(string host, bool expected) =>
        Assert.Equal(expected, Valid(Example).Matches(host));

    [Theory]
    [InlineData("version: STSv1\nmode: testing\nmx: a.test\nmax_age: 1\n")] // LF alone
    [InlineData("version: STSv1\nmode: testing\nmx: a.test\nmax_age: 1")] // no last line end
    [InlineData("mode:testing\nversion:STSv1\nmx:a.test\nmax_age:1\nextension: x\n\n")] // any order, unknown fields
    [InlineData("version: STSv1\nmode: testing\nmode: enforce\nmx: a.test\nmax_age: 1\nmax_age: x\n")] // first of repeated
    public void Lenient_forms_are_read(string text) => Assert.Equal(MtaStsMode.Testing, Valid(text).Mode);

    [Fact]
    public void Mode_none_needs_no_mx() =>
        Assert.Equal(MtaStsMode.None, Valid("version: STSv1\nmode: none\nmax_age: 86400\n").Mode);

    [Theory]
    [InlineData("")]
    [InlineData("mode: enforce\nmx: a.test\nmax_age: 1\n")]
    [InlineData("version: STSv2\nmode: enforce\nmx: a.test\nmax_age: 1\n")]
    [InlineData("version: STSv1\nmode: Enforce\nmx: a.test\nmax_age: 1\n")]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 1\n")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.test\n")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.test\nmax_age: -1\n")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 31557601\n")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.*.test\nmax_age: 1\n")]
    [InlineData("version: STSv1\nmode: enforce\nmx: *\nmax_age: 1\n")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a..test\nmax_age: 1\n")]
    [InlineData("<html>404</html>")]
    public void Other_texts_are_invalid(string text) =>
        Assert.IsType<MtaStsPolicyResult.Invalid>(MtaStsPolicy.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Text_over_64_kib_is_invalid()
    {
        var text = Example + new string('x', MtaStsPolicy.MaxOctets);
        Assert.IsType<MtaStsPolicyResult.Invalid>(MtaStsPolicy.Parse(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("v=STSv1; id=20160831085700Z;", "20160831085700Z")] // RFC 8461 §3.1
    [InlineData("v=STSv1;id=a", "a")]
    [InlineData("v=STSv1 ; id=a ; ext=1", "a")]
    [InlineData("v=STSv1; id=;", null)]
    [InlineData("v=STSv1; id=a-b;", null)]
    [InlineData("v=STSv1; id=012345678901234567890123456789012;", null)]
    [InlineData("v=STSv10; id=a;", null)]
    [InlineData("id=a; v=STSv1;", null)]
    public void Record_is_read(string text, string? id) => Assert.Equal(id, MtaStsRecord.Find(["other", text])?.Id);

    [Fact]
    public void Two_records_are_none() => Assert.Null(MtaStsRecord.Find(["v=STSv1; id=a;", "v=STSv1; id=b;"]));

    [Fact]
    public void Report_record_is_read()
    {
        // RFC 8460 §3.1
        var record = TlsRptRecord.Find(["x", "v=TLSRPTv1;rua=mailto:reports@example.com,https://reporting.example.com/v1/tlsrpt, ftp://x.test"]);
        Assert.Equal(["mailto", "https"], record!.Destinations.Select(uri => uri.Scheme));
        Assert.Null(TlsRptRecord.Find(["v=TLSRPTv1; rua=ftp://x.test"]));
        Assert.Null(TlsRptRecord.Find(["v=TLSRPTv1"]));
        Assert.Equal("https://mta-sts.example.com/.well-known/mta-sts.txt", MtaStsPolicy.UriFor("example.com").ToString());
    }

    private static MtaStsPolicy Valid(string text) =>
        Assert.IsType<MtaStsPolicyResult.Valid>(MtaStsPolicy.Parse(Encoding.UTF8.GetBytes(text))).Policy;
}
