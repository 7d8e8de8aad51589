using System.Security.Cryptography.X509Certificates;
using Mail.TestKit.Smtp;

namespace Mail.Protocol.Tests.Smtp.Differential;

/// <summary>One Postfix for the test classes that compare with it.</summary>
public sealed class PostfixFixture : IAsyncLifetime
{
    private readonly TestCertificates _certificates = new();
    private X509Certificate2? _certificate;

    public PostfixServer Server { get; private set; } = null!;

    public X509Certificate2 Authority => _certificates.Authority;

    public async Task InitializeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        _certificate = _certificates.Issue("mx.local.test");
        Server = await PostfixServer.StartAsync(_certificate, limit.Token);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _certificate?.Dispose();
        _certificates.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class PostfixGroup : ICollectionFixture<PostfixFixture>
{
    public const string Name = "Postfix";
}
