using System.Text;
using Mail.Protocol.Addresses;
using Mail.Protocol.Addresses.Idna;

namespace Mail.Protocol.Tests.Addresses;

public class IdnaTests
{
    [Fact]
    public void Names_of_many_scripts_map_as_an_independent_program_maps_them()
    {
        var wrong = new List<string>();
        foreach (var row in VectorFiles.Rows("Addresses/Vectors/idna.tsv"))
        {
            var input = Text(row[0]);
            var ascii = IdnaProcessing.TryToAscii(input, out var result, out _) ? result : "!";
            if (ascii != row[1]) wrong.Add($"{row[0]}: {ascii} instead of {row[1]}");
            if (Normalization.ToNfc(input) != Text(row[2])) wrong.Add($"{row[0]}: not in normal form C");
        }
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BÜCHER.Example", "xn--bcher-kva.example")]
    [InlineData("bu\u0308cher.example", "xn--bcher-kva.example")]
    [InlineData("faß.example", "xn--fa-hia.example")] // UTS 46 §4, non-transitional
    [InlineData("日本語。jp", "xn--wgv71a119e.jp")]
    [InlineData("ＡＢＣ.example", "abc.example")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("XN--BCHER-KVA.example", "xn--bcher-kva.example")]
    [InlineData("r3---sn-4g5e6nz7.example", "r3---sn-4g5e6nz7.example")]
    public void Domain_has_one_ascii_form(string text, string ascii)
    {
        Assert.True(DomainName.TryParse(text, out var domain));
        Assert.Equal(ascii, domain.Ascii);
    }

    [Theory]
    [InlineData("xn--bcher-kva.example", "bücher.example")]
    [InlineData("xn--wgv71a119e.jp", "日本語.jp")]
    public void Domain_is_shown_in_unicode(string ascii, string unicode)
    {
        Assert.True(DomainName.TryParse(ascii, out var domain));
        Assert.Equal(unicode, domain.Unicode);
    }

    [Theory]
    [InlineData("xn--.example")]
    [InlineData("xn--a.example")]
    [InlineData("xn--99999999.example")]
    [InlineData("a\u200db.example")] // RFC 5892 Appendix A.2
    [InlineData("\u0301a.example")]
    [InlineData("אa.example")] // RFC 5893 §2 rule 2
    [InlineData("a b.example")]
    [InlineData("a..example")]
    [InlineData(".example")]
    [InlineData("example.")]
    [InlineData("-a.example")]
    [InlineData("a-.example")]
    [InlineData("a_b.example")]
    [InlineData("ä\u2028.example")]
    public void What_is_no_domain_is_refused(string text) => Assert.False(DomainName.TryParse(text, out _));

    private static string Text(string codePoints) =>
        codePoints.Length == 0 ? "" : string.Concat(codePoints.Split(' ').Select(static c => new Rune(Convert.ToInt32(c, 16)).ToString()));
}
