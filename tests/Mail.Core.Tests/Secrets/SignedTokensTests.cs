using Mail.Core.Secrets;

namespace Mail.Core.Tests.Secrets;

public sealed class SignedTokensTests
{
    private static readonly byte[] _oldKey = new byte[32], _newKey = [.. Enumerable.Repeat((byte)1, 32)];
    private readonly SignedTokens _tokens = new([_newKey, _oldKey]);

    [Fact]
    public void What_was_written_is_read()
    {
        var payload = "hello, world"u8.ToArray();
        Assert.Equal(payload, _tokens.Read(_tokens.Write(payload)));
    }

    [Fact]
    public void What_an_older_key_signed_is_read() =>
        Assert.Equal([1, 2], _tokens.Read(new SignedTokens([_oldKey]).Write([1, 2])));

    [Fact]
    public void What_another_key_signed_is_not() =>
        Assert.Null(new SignedTokens([_oldKey]).Read(_tokens.Write([1, 2])));

    [Fact]
    public void No_single_change_is_read()
    {
        var token = _tokens.Write([1, 2, 3]);
        for (var i = 0; i < token.Length; i++)
        {
            foreach (var other in "AZaz09-_+/ =\n")
            {
                if (other != token[i])
                    Assert.Null(_tokens.Read(string.Concat(token.AsSpan(0, i), [other], token.AsSpan(i + 1))));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("äöü")]
    public void What_is_no_token_is_not_read(string text) => Assert.Null(_tokens.Read(text));

    [Fact]
    public void White_space_and_padding_are_no_other_way_to_write_a_token()
    {
        var token = _tokens.Write([1, 2, 3, 4]);
        Assert.All([" " + token, token + " ", token + "=", token + "\n", token.Insert(3, "\r\n")], other => Assert.Null(_tokens.Read(other)));
    }
}
