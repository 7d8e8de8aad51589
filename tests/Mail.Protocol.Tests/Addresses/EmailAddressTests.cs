using Mail.Protocol.Addresses;

namespace Mail.Protocol.Tests.Addresses;

public class EmailAddressTests
{
    public static TheoryData<string, string> Vectors => Load();

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Address_is_judged_as_the_rfc_says(string text, string expected)
    {
        var parsed = EmailAddress.TryParse(text, out var address, out var error);
        Assert.Equal(expected, parsed ? address!.Address : error.ToString());
    }

    [Fact]
    public void Octets_that_are_not_utf8_are_refused()
    {
        Assert.False(EmailAddress.TryParse([(byte)'a', 0xc3, (byte)'@', (byte)'b', (byte)'.', (byte)'c'], out _, out var error));
        Assert.Equal(AddressError.ForbiddenCharacter, error);
        Assert.True(EmailAddress.TryParse("grüße@example.com"u8, out var address, out _));
        Assert.True(address.NeedsSmtpUtf8);
    }

    [Theory]
    [InlineData(0xd800)]
    [InlineData(0xdc00)]
    public void Half_of_a_surrogate_pair_is_refused(int unit)
    {
        Assert.False(EmailAddress.TryParse($"a{(char)unit}b@example.com".AsSpan(), out _, out var error));
        Assert.Equal(AddressError.ForbiddenCharacter, error);
    }

    [Theory]
    [InlineData("Anna@Example.COM", "anna@example.com")]
    [InlineData("ÄNNE@BÜCHER.example", "änne@xn--bcher-kva.example")]
    [InlineData("a\u0308nne@b\u00fccher.example", "änne@xn--bcher-kva.example")]
    [InlineData("\"anna\"@example.com", "anna@example.com")]
    public void Normal_form_is_one_per_mailbox(string text, string normal) => Assert.Equal(normal, EmailAddress.Parse(text).NormalForm);

    [Fact]
    public void Address_shows_its_parts()
    {
        var address = EmailAddress.Parse("\"a b\"@BÜCHER.example");
        Assert.Equal(("a b", "BÜCHER.example", "xn--bcher-kva.example", "bücher.example"),
            (address.LocalPart, address.Domain, address.AsciiDomain, address.UnicodeDomain));
        Assert.Equal("\"a b\"@xn--bcher-kva.example", address.Address);
        Assert.True(address is { IsAscii: true, NeedsSmtpUtf8: false, IsStrict: true, IsAddressLiteral: false });
    }

    [Theory]
    [InlineData("a@example.com", null, "a@example.com")]
    [InlineData("<a@example.com>", null, "a@example.com")]
    [InlineData(" Anna <a@example.com> ", "Anna", "a@example.com")]
    [InlineData("Acme, Inc. <a@example.com>", "Acme, Inc.", "a@example.com")]
    [InlineData("\"Acme \\\"X\\\", Inc.\" <a@example.com>", "Acme \"X\", Inc.", "a@example.com")]
    [InlineData("Zoë <\"a>b\"@example.com>", "Zoë", "\"a>b\"@example.com")]
    public void One_mailbox_is_read_as_people_write_it(string text, string? name, string address)
    {
        Assert.True(Mailbox.TryParse(text, out var mailbox, out _));
        Assert.Equal((name, address), (mailbox.DisplayName, mailbox.Address.Address));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Anna")]
    [InlineData("Anna a@example.com")]
    [InlineData("a@example.com, b@example.com")]
    [InlineData("Anna <a@example.com> x")]
    [InlineData("Anna <b@example.com> <a@example.com>")]
    [InlineData("\"Anna <a@example.com>")]
    [InlineData("An\"na <a@example.com>")]
    [InlineData("Anna\r\nBcc: x <a@example.com>")]
    [InlineData("Anna\0 <a@example.com>")]
    public void What_is_not_one_mailbox_is_refused(string text) => Assert.False(Mailbox.TryParse(text, out _, out _));

    private static TheoryData<string, string> Load()
    {
        var data = new TheoryData<string, string>();
        foreach (var row in VectorFiles.Rows("Addresses/Vectors/addresses.tsv")) data.Add(Unescape(row[0]), row[1]);
        return data;
    }

    private static string Unescape(string text) => System.Text.RegularExpressions.Regex.Unescape(text);
}
