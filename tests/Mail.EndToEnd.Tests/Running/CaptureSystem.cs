namespace Mail.EndToEnd.Tests.Running;

/// <summary>The system as <c>make run</c> starts it: everything is delivered to the dev inbox.</summary>
public sealed class CaptureSystem : IAsyncLifetime
{
    public MailSystem Instance { get; private set; } = null!;

    public async Task InitializeAsync() => Instance = await MailSystem.StartAsync();

    /// <summary>Nothing but its services' own faults can end a service here.</summary>
    public async Task DisposeAsync()
    {
        var ends = Instance.UnaskedEnds();
        await Instance.DisposeAsync();
        Assert.Empty(ends);
    }
}

[CollectionDefinition(Name)]
public sealed class CaptureCollection : ICollectionFixture<CaptureSystem>
{
    public const string Name = "capture";
}
