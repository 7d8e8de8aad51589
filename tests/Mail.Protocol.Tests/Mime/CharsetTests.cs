using System.Text;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Mime;

public class CharsetTests
{
    public static TheoryData<string, string, string> Vectors
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var row in VectorFiles.Rows("Mime/Vectors/charsets.tsv")) data.Add(row[0], row[1], row[2]);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Charset_is_decoded_as_another_program_encoded_it(string charset, string hex, string text)
    {
        Assert.True(Charsets.IsKnown(charset));
        Assert.Equal(text, Charsets.Decode(charset, Convert.FromHexString(hex)));
    }

    [Theory]
    [InlineData("ISO_8859-1:1987", "e9", "é")]
    [InlineData("iso8859-15", "a4", "€")]
    [InlineData("\"utf-8\"", "c3a9", "é")]
    [InlineData("CP1252", "80", "€")]
    [InlineData("iso-8859-1", "80", "€")] // what mailers call latin-1 is windows-1252
    [InlineData("us-ascii", "c3a9", "é")]
    [InlineData("us-ascii", "e9", "é")]
    [InlineData("unknown-8bit", "e9", "é")]
    [InlineData("", "c3a9", "é")]
    [InlineData("cp99999", "61", "a")]
    [InlineData("utf-8", "efbbbf61", "a")]
    [InlineData("utf-8", "61ff62", "a\ufffdb")]
    public void Sloppy_names_and_octets_are_understood(string charset, string hex, string text) =>
        Assert.Equal(text, Charsets.Decode(charset, Convert.FromHexString(hex)));

    [Theory]
    [InlineData("a+-b", "a+b")]
    [InlineData("+AGEAYg-c", "abc")] // RFC 2152: the minus is eaten
    [InlineData("+AGEAYg.c", "ab.c")]
    [InlineData("+2D3eAA", "\ud83d\ude00")]
    [InlineData("+ x", "+ x")]
    [InlineData("+", "+")]
    [InlineData("+A", "")]
    public void Utf7_is_decoded(string text, string expected) => Assert.Equal(expected, Utf7.Decode(Encoding.Latin1.GetBytes(text)));

    [Theory]
    [InlineData("Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T09:55:06-06:00")]
    [InlineData("21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06+00:00")]
    [InlineData("Thu, 1 Jan 2026 00:00:60 +0000", "2026-01-01T00:00:59+00:00")]
    [InlineData("Thu, 1 Jan 2026 00:00 PST", "2026-01-01T00:00:00-08:00")]
    [InlineData("Thu,01 Jan 2026 00:00:00 +0530 (IST)", "2026-01-01T00:00:00+05:30")]
    [InlineData("Thu Jan  1 12:34:56 2026", "2026-01-01T12:34:56+00:00")]
    [InlineData("Thu Jan  1 12:34:56 PST 2026", "2026-01-01T12:34:56-08:00")]
    [InlineData("01-Jan-2026 12:34:56 +0100", "2026-01-01T12:34:56+01:00")]
    [InlineData("2026-01-01T12:34:56+01:00", "2026-01-01T12:34:56+01:00")]
    [InlineData("1 Jan 102 00:00:00 -0000", "2002-01-01T00:00:00+00:00")]
    [InlineData("Thu, 1 January 2026 00:00:00 GMT+0200", "2026-01-01T00:00:00+02:00")]
    public void Date_is_read_in_every_form_in_use(string text, string expected)
    {
        Assert.True(DateField.TryParse(text, out var date));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), date);
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("31 Feb 2026 00:00:00 +0000")]
    [InlineData("1 Jan 2026")]
    [InlineData("1 Jan 0000 00:00:00")]
    [InlineData("99999999999999999999 Jan 2026 00:00")]
    [InlineData("1 Jan 2026 25:00:00 +0000")]
    public void What_is_no_date_is_none(string text) => Assert.False(DateField.TryParse(text, out _));
}
