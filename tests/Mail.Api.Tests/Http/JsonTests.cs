using System.Text;
using System.Text.Json;
using Mail.Api.Features.Messages;
using Mail.Api.Http.Json;
using Mail.Core.Text;

namespace Mail.Api.Tests.Http;

public sealed class JsonTests
{
    [Theory]
    [InlineData("Attachments[2].ContentId", "/attachments/2/contentId")]
    [InlineData("Subject", "/subject")]
    [InlineData("/to/1", "/to/1")]
    [InlineData("", "")]
    public void A_property_chain_becomes_a_pointer(string property, string pointer) => Assert.Equal(pointer, JsonPointer.OfProperty(property));

    [Fact]
    public void A_pointer_escapes_and_shortens_names()
    {
        Assert.Equal("/a~1b~0c", JsonPointer.Append("", "a/b~c"));
        Assert.Equal(66, JsonPointer.Append("", new string('x', 1_000_000)).Length);
    }

    [Fact]
    public void Nearest_name_survives_a_name_of_a_megabyte() => Assert.NotNull(NearestName.Of(new string('x', 1 << 20), ["subject", "to"]));

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("10m", 600)]
    [InlineData("48h", 172_800)]
    [InlineData("7d", 604_800)]
    public void A_duration_is_a_number_and_a_unit(string text, int seconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("m")]
    [InlineData("-1m")]
    [InlineData("1.5h")]
    [InlineData("10M")]
    [InlineData("99999999d")]
    [InlineData("١m")]
    public void Anything_else_is_no_duration(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData("a@x.test", "a@x.test")]
    [InlineData("a@x.test,b@x.test;c@x.test", "a@x.test|b@x.test|c@x.test")]
    [InlineData("\"a, b\" <a@x.test>; c@x.test", "\"a, b\" <a@x.test>| c@x.test")]
    [InlineData("\"a\\\", b\" <a@x.test>,", "\"a\\\", b\" <a@x.test>")]
    [InlineData("a,,b", "a||b")]
    [InlineData("", "")]
    public void Addresses_are_cut_outside_of_quotes(string text, string parts) => Assert.Equal(parts, string.Join('|', AddressSeparators.Split(text)));

    [Theory]
    [InlineData("""{"a":"1","b":[1,2]}""", """{ "b" : [1, 2], "a" : "\u0031" }""", true)]
    [InlineData("""{"a":"ä/b"}""", """{"a":"\u00e4\/b"}""", true)]
    [InlineData("""{"a":"\\u0031"}""", """{"a":"1"}""", false)]
    [InlineData("""{"a":1,"key":"x"}""", """{"a":1,"key":"y"}""", true)]
    [InlineData("""{"a":{"key":"x"}}""", """{"a":{"key":"y"}}""", false)]
    [InlineData("""{"a":["b","c"]}""", """{"a":["bc"]}""", false)]
    [InlineData("""{"a":"1"}""", """{"a":1}""", false)]
    [InlineData("""{"a":{},"b":{}}""", """{"a":{"b":{}}}""", false)]
    [InlineData("""[1,2]""", """[2,1]""", false)]
    public void Equal_bodies_have_equal_hashes(string one, string other, bool equal) => Assert.Equal(equal, Hash(one).AsSpan().SequenceEqual(Hash(other)));

    [Theory]
    [InlineData("", "")]
    [InlineData("/+8=", "FFEF")]
    [InlineData("\\/+8=", "FFEF")]
    [InlineData("\\u002f+8=", "FFEF")]
    [InlineData("/+\\r\\n8=", "FFEF")]
    [InlineData("/+8", null)]
    [InlineData("_-8=", null)]
    [InlineData("/+8=\\ud83d\\ude00", null)]
    [InlineData("/+8=\u00e9", null)]
    public void Base64_may_be_escaped_and_in_lines(string text, string? bytes)
    {
        Base64Bytes? Read() => JsonSerializer.Deserialize<Base64Bytes>($"\"{text}\"");
        if (bytes is null)
            Assert.Throws<JsonException>(() => Read());
        else
            Assert.Equal(bytes, Convert.ToHexString(Read()!.Value.Value.Span));
    }

    private static byte[] Hash(string json) => CanonicalJson.Hash(Encoding.UTF8.GetBytes(json), "key");
}
