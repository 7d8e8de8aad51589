using Mail.Integrations.Redis;

namespace Mail.Integrations.Tests.Redis;

public sealed class RedisConfigurationTests
{
    [Fact]
    public void Reads_every_key()
    {
        var read = RedisConfiguration.Parse(
            "cache.example:7000,password=p=w,user=u,ssl=true,sslHost=h,connectTimeout=100,syncTimeout=200,keepAlive=3,abortConnect=true,defaultDatabase=4,name=me");
        var expected = new RedisConfiguration
        {
            Host = "cache.example",
            Port = 7000,
            Password = "p=w",
            User = "u",
            Ssl = true,
            SslHost = "h",
            ConnectTimeout = TimeSpan.FromMilliseconds(100),
            SyncTimeout = TimeSpan.FromMilliseconds(200),
            KeepAlive = TimeSpan.FromSeconds(3),
            AbortOnConnectFail = true,
            DefaultDatabase = 4,
            ClientName = "me",
        };
        Assert.Equal(expected, read);
    }

    [Theory]
    [InlineData("localhost", "localhost", 6379)]
    [InlineData("localhost,ssl=true", "localhost", 6380)]
    [InlineData("127.0.0.1:1", "127.0.0.1", 1)]
    [InlineData("[::1]:7000", "::1", 7000)]
    [InlineData("::1", "::1", 6379)]
    [InlineData(" host:1 , Password = x ", "host", 1)]
    public void Reads_the_endpoint(string text, string host, int port)
    {
        var read = RedisConfiguration.Parse(text);
        Assert.Equal((host, port), (read.Host, read.Port));
    }

    [Theory]
    [InlineData("", "host:port")]
    [InlineData("password=x", "host:port")]
    [InlineData("a:1,b:2", "more than one")]
    [InlineData("a:0", "a:0")]
    [InlineData("a:99999", "a:99999")]
    [InlineData(":1", ":1")]
    [InlineData("a:1,ssl=maybe", "SSL")]
    [InlineData("a:1,syncTimeout=-1", "SYNCTIMEOUT")]
    [InlineData("a:1,connectTimeout=soon", "CONNECTTIMEOUT")]
    [InlineData("a:1,defaultDatabase=x", "DEFAULTDATABASE")]
    [InlineData("a:1,name=two words", "NAME")]
    [InlineData("a:1,pasword=x", "pasword")]
    public void Says_which_key_is_wrong(string text, string named)
    {
        var failure = Assert.Throws<FormatException>(() => RedisConfiguration.Parse(text));
        Assert.Contains(named, failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Neither_errors_nor_its_text_contain_the_password()
    {
        Assert.DoesNotContain("hush", Assert.Throws<FormatException>(() => RedisConfiguration.Parse("a:1,ssl=hush")).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", RedisConfiguration.Parse("a:1,password=hush").ToString(), StringComparison.Ordinal);
    }
}
