using Mail.TestKit.Dns;
using Mail.TestKit.Smtp;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>
/// The system in a small internet of its own: a name server, and a mail server that is the MX of <see cref="RecipientDomain"/>.
/// Mail is delivered as in production, by the MX records; only the port is another one. What is deferred is tried again soon, and
/// nobody is too quick for a person.
/// </summary>
public sealed class DirectSystem : IAsyncLifetime
{
    public const string RecipientDomain = "reader.example";

    /// <summary>Says by a null MX that it takes no mail (RFC 7505).</summary>
    public const string ClosedDomain = "closed.example";

    /// <summary>What tracked links begin with.</summary>
    public const string TrackingOrigin = "http://track.mail.example";

    public TestDnsServer Dns { get; } = TestDnsServer.Start(
        $"""
        {RecipientDomain} MX 10 mx.{RecipientDomain}
        mx.{RecipientDomain} A 127.0.0.1
        {ClosedDomain} MX 0 .
        """);

    public ScriptedSmtpServer Sink { get; } = ScriptedSmtpServer.Start();

    public MailSystem Instance { get; private set; } = null!;

    public async Task InitializeAsync() => Instance = await MailSystem.StartAsync(
        "--Mail:Delivery:Mode=direct", $"--Mail:Delivery:MxPort={Sink.EndPoint.Port}", "--Mail:Delivery:AllowPrivateAddresses=true",
        $"--Mail:Dns:Servers:0={Dns.EndPoint}", "--Mail:Retries:First=00:00:01",
        $"--Mail:Tracking:Origin={TrackingOrigin}", "--Mail:Tracking:PrefetchWindow=00:00:00", "--OTEL_TRACES_SAMPLER=always_off");

    public async Task DisposeAsync()
    {
        await Instance.DisposeAsync();
        await Sink.DisposeAsync();
        await Dns.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class DirectCollection : ICollectionFixture<DirectSystem>
{
    public const string Name = "direct";
}
