using Mail.Core.ApiKeys;
using Mail.Core.Organizations;

namespace Mail.Core.Tests.ApiKeys;

public sealed class ApiKeyTextTests
{
    [Theory]
    [InlineData(SendingMode.Live, "ms_live_")]
    [InlineData(SendingMode.Test, "ms_test_")]
    public void A_generated_key_reads_back(SendingMode mode, string start)
    {
        var key = ApiKeyText.Generate(mode);
        var read = ApiKeyText.TryParse(key.Reveal());
        Assert.StartsWith(start, key.Reveal());
        Assert.Equal((mode, key.Prefix), (read?.Mode, read?.Prefix));
        Assert.Equal(key.Hash(), read!.Hash());
    }

    [Fact]
    public void Printing_a_key_hides_its_secret()
    {
        var key = ApiKeyText.Generate(SendingMode.Live);
        Assert.DoesNotContain(key.Reveal().Split('_')[3], key.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ms_live_abc12xyz")]
    [InlineData("ms_live_abc12xyz_short")]
    [InlineData("ms_prod_abc12xyz_0123456789012345678901234567890123")]
    [InlineData("ms_live_ABC12XYZ_0123456789012345678901234567890123")]
    [InlineData("sk_live_abc12xyz_0123456789012345678901234567890123")]
    public void Anything_else_is_no_key(string text) => Assert.Null(ApiKeyText.TryParse(text));
}
