using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mail.Protocol.Smtp;

namespace Mail.Protocol.Tests.Smtp;

public sealed class SmtpPathTests
{
    [Theory]
    [InlineData("a@b", "a", "b")]
    [InlineData("first.last+tag@sub.example.org", "first.last+tag", "sub.example.org")]
    [InlineData("!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~", "example.org")]
    [InlineData("\"quoted string\"@example.org", "quoted string", "example.org")]
    [InlineData("\"a\\\"b\\\\c@d\"@example.org", "a\"b\\c@d", "example.org")]
    [InlineData("\"plain\"@example.org", "plain", "example.org")]
    [InlineData("a@[192.0.2.1]", "a", "[192.0.2.1]")]
    [InlineData("a@[IPv6:2001:db8::1]", "a", "[IPv6:2001:db8::1]")]
    [InlineData("jörg@grün.example", "jörg", "grün.example")]
    [InlineData("δοκιμή@παράδειγμα.δοκιμή", "δοκιμή", "παράδειγμα.δοκιμή")]
    public void Address_is_read(string address, string local, string domain)
    {
        var path = SmtpPath.Parse(address);
        Assert.Equal((local, domain), (path.LocalPart, path.Domain));
        Assert.Equal(path, SmtpPath.Parse(path.Address));
        Assert.Equal(address.Any(c => c > 127), path.RequiresSmtpUtf8);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("@b")]
    [InlineData("a@")]
    [InlineData(".a@b")]
    [InlineData("a.@b")]
    [InlineData("a..b@c")]
    [InlineData("a b@c")]
    [InlineData("a@b c")]
    [InlineData("a@b.")]
    [InlineData("a@-b")]
    [InlineData("a@b-")]
    [InlineData("a@b_c")]
    [InlineData("a@b@c")]
    [InlineData("a@[1.2.3]")]
    [InlineData("a@[01.2.3.4]")]
    [InlineData("a@[256.2.3.4]")]
    [InlineData("a@[2001:db8::1]")]
    [InlineData("a@[IPv6:2001:db8::1%eth0]")]
    [InlineData("a@[IPv6:1.2.3.4]")]
    [InlineData("\"a@b")]
    [InlineData("\"\"@b")]
    [InlineData("\"a\\\"@b")]
    [InlineData("\"a\"b@c")]
    [InlineData("a\r\n@b")]
    [InlineData("a@b\r\nRCPT TO:<x@y>")]
    [InlineData("\"a\r\nb\"@c")]
    [InlineData("\"a\0b\"@c")]
    [InlineData("<a@b>")]
    [InlineData("j\u0090rg@example.org")]
    [InlineData("\"j\u0085rg\"@example.org")]
    [InlineData("j\u2028rg@example.org")]
    [InlineData("jörg@gr\u009fn.example.org")]
    [InlineData("a@b>")]
    public void Other_texts_are_refused(string address) => Assert.False(SmtpPath.TryParse(address, out _));

    [Fact]
    public void Limits_of_the_rfc_hold()
    {
        // RFC 5321 §4.5.3.1.3: 256 octets with the brackets; RFC 1035 §2.3.4: 63 per label.
        var domain = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 59));
        Assert.True(SmtpPath.TryParse(new string('l', 66) + "@" + domain, out _));
        Assert.False(SmtpPath.TryParse(new string('l', 67) + "@" + domain, out _));
        Assert.False(SmtpPath.TryParse("a@" + new string('b', 64), out _));
        Assert.False(SmtpPath.TryParse(new string('a', 1_000_000) + "@b", out _));
    }

    [Fact]
    public void Special_paths_are_written_as_the_rfc_says()
    {
        Assert.Equal("<>", SmtpPath.Null.ToString());
        Assert.True(SmtpPath.Null.IsNull);
        Assert.Equal("<Postmaster>", SmtpPath.Postmaster.ToString());
        Assert.Equal(SmtpPath.Parse("a@EXAMPLE.org"), SmtpPath.Parse("a@example.ORG"));
        Assert.NotEqual(SmtpPath.Parse("A@example.org"), SmtpPath.Parse("a@example.org"));
    }

    // Whatever the parts are: refused, or one harmless line that reads back the same.
    [Fact]
    public void Created_path_is_safe_and_reads_back() => Prop.ForAll<string?, string?>((local, domain) =>
    {
        if (!SmtpPath.TryCreate(local ?? "", domain ?? "", out var path))
            return true;
        return !path.Address.Any(char.IsControl) && path.LocalPart == local && SmtpPath.TryParse(path.Address, out var again)
            && again.Equals(path);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_local_part_without_controls_can_be_quoted() => Prop.ForAll<NonEmptyString>(text =>
    {
        var local = new string([.. text.Get.Where(c => c is >= ' ' and <= '~').Take(60)]);
        return local.Length == 0 || (SmtpPath.TryCreate(local, "example.org", out var path) && path.LocalPart == local);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Xtext_reads_back_what_it_wrote() => Prop.ForAll<NonNull<string>>(text =>
    {
        var clean = new string([.. text.Get.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]);
        var encoded = SmtpXtext.Encode(clean);
        return encoded.All(c => c is > ' ' and <= '~' and not '=') && SmtpXtext.Decode(Encoding.ASCII.GetBytes(encoded)) == clean;
    }).QuickCheckThrowOnFailure();
}
