namespace Mail.EndToEnd.Tests.Running;

/// <summary>The system as <c>make run</c> starts it: everything is delivered to the dev inbox.</summary>
public sealed class CaptureSystem : IAsyncLifetime
{
    public MailSystem Instance { get; private set; } = null!;

    public async Task InitializeAsync() => Instance = await MailSystem.StartAsync();

    public async Task DisposeAsync() => await Instance.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class CaptureCollection : ICollectionFixture<CaptureSystem>
{
    public const string Name = "capture";
}
