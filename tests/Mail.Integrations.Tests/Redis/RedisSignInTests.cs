using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Mail.Integrations.Redis;
using Mail.TestKit.Servers;

namespace Mail.Integrations.Tests.Redis;

public sealed class RedisSignInTests
{
    private const string Patient = ",syncTimeout=20000,connectTimeout=20000";

    [Fact]
    public async Task Signs_in_with_password_and_with_acl_user()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "secret");
        await using var byPassword = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + Patient + ",password=secret"));
        await byPassword.StringSetAsync("other", "1");
        await byPassword.ExecuteAsync(["ACL", "SETUSER", "mailer", "on", ">hush", "~mail:*", "+@all"]);
        await using var byUser = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + Patient + ",user=mailer,password=hush"));
        await byUser.StringSetAsync("mail:1", "1");
        Assert.Equal("NOPERM", (await Assert.ThrowsAsync<RedisServerException>(() => byUser.StringGetAsync("other"))).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",password=wrong")]
    public async Task A_refused_sign_in_is_told_to_the_caller(string credentials)
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "secret");
        await using var redis = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + Patient + credentials));
        var failure = await Assert.ThrowsAsync<RedisConnectionException>(() => redis.PingAsync());
        Assert.Contains(((RedisServerException)failure.InnerException!).Code, new[] { "NOAUTH", "WRONGPASS" });
    }

    [Fact]
    public async Task Falls_back_to_resp2_where_hello_is_unknown()
    {
        await using var server = await RedisServer.StartAsync("--rename-command", "HELLO", "\"\"", "--requirepass", "secret");
        await using var redis = new RedisClient(RedisConfiguration.Parse(server.ConnectionString + Patient + ",password=secret,name=old"));
        Assert.Contains("resp=2", (string?)await redis.ExecuteAsync(["CLIENT", "INFO"]), StringComparison.Ordinal);
        var received = new TaskCompletionSource<string>();
        await using var subscription = await redis.SubscribeAsync("c", value => received.TrySetResult(value.ToString()));
        Assert.True(subscription.IsActive);
        Assert.Equal(1, await redis.PublishAsync("c", "by array"));
        Assert.Equal("by array", await received.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_refused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var redis = new RedisClient(RedisConfiguration.Parse($"127.0.0.1:{port}{Patient},ssl=true"));
        var ping = redis.PingAsync();
        using var peer = await listener.AcceptTcpClientAsync();
        await using var tls = new SslStream(peer.GetStream());
        using var certificate = TestCertificate.Create("127.0.0.1");
        await Record.ExceptionAsync(() => tls.AuthenticateAsServerAsync(certificate));
        var failure = await Assert.ThrowsAsync<RedisConnectionException>(() => ping);
        Assert.IsType<System.Security.Authentication.AuthenticationException>(failure.InnerException);
    }

    [Fact]
    public async Task Speaks_tls_with_a_real_server()
    {
        var folder = Directory.CreateTempSubdirectory("mail-redis-tls");
        using var certificate = TestCertificate.Create("cache.test");
        var (certificateFile, keyFile) = (Path.Combine(folder.FullName, "cert.pem"), Path.Combine(folder.FullName, "key.pem"));
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var port = FreePort();
        await using var server = await RedisServer.StartAsync(
            "--tls-port", port.ToString(), "--tls-cert-file", certificateFile, "--tls-key-file", keyFile, "--tls-ca-cert-file", certificateFile, "--tls-auth-clients", "no");
        folder.Delete(recursive: true);
        var configuration = RedisConfiguration.Parse($"127.0.0.1:{port}{Patient},ssl=true,sslHost=cache.test");
        await using var redis = new RedisClient(configuration with
        {
            CertificateValidation = (_, offered, _, errors) =>
                !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && offered!.GetCertHashString() == certificate.GetCertHashString(),
        });
        await redis.StringSetAsync("k", "by TLS");
        Assert.Equal("by TLS", (string?)await redis.StringGetAsync("k"));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
