using Mail.Integrations.Blobs;

namespace Mail.Integrations.Tests.Blobs;

public sealed class BlobConnectionStringTests
{
    private const string Key = "c2VjcmV0";

    [Theory]
    [InlineData($"AccountName=acc;AccountKey={Key}", "https://acc.blob.core.windows.net/")]
    [InlineData($"DefaultEndpointsProtocol=http;AccountName=acc;AccountKey={Key};EndpointSuffix=example.test", "http://acc.blob.example.test/")]
    [InlineData($"AccountName=acc;AccountKey={Key};BlobEndpoint=http://127.0.0.1:10000/acc;", "http://127.0.0.1:10000/acc")]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10000/devstoreaccount1")]
    public void Reads_account_and_endpoint(string text, string endpoint)
    {
        var read = BlobConnectionString.Parse(text);
        Assert.Equal(new Uri(endpoint), read.Endpoint);
        Assert.NotNull(read.Key);
        Assert.False(read.NeedsTokens);
    }

    [Fact]
    public void A_bare_https_address_is_used_with_tokens()
    {
        Assert.True(BlobConnectionString.Parse("https://acc.blob.core.windows.net").NeedsTokens);
        Assert.Throws<FormatException>(() => BlobConnectionString.Parse("http://acc.blob.core.windows.net"));
    }

    [Fact]
    public void A_shared_access_signature_replaces_the_key()
    {
        var read = BlobConnectionString.Parse("BlobEndpoint=https://acc.blob.core.windows.net;SharedAccessSignature=?sv=1&sig=a%3D");
        Assert.Equal("sv=1&sig=a%3D", read.Sas);
        Assert.False(read.NeedsTokens);
    }

    [Theory]
    [InlineData("nonsense", "key=value")]
    [InlineData("AccountKey=x", "AccountName")]
    [InlineData("AccountName=a", "AccountKey")]
    [InlineData("AccountName=a;AccountKey=hush!", "AccountKey")]
    [InlineData("AccountName=a;AccountName=b", "AccountName")]
    [InlineData("AccountName=a;AccountKey=" + Key + ";BlobEndpoint=ftp://x", "BlobEndpoint")]
    [InlineData("UseDevelopmentStorage=yes", "UseDevelopmentStorage")]
    public void Says_which_key_is_wrong_and_never_its_value(string text, string named)
    {
        var failure = Assert.Throws<FormatException>(() => BlobConnectionString.Parse(text));
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failure.Message, StringComparison.Ordinal);
    }
}
