using Mail.TestKit.Servers;

namespace Mail.EndToEnd.Tests.Running;

/// <summary>Two systems that run at once; the second one uses a database server that was there already.</summary>
public sealed class TwoSystems : IAsyncLifetime
{
    public MailSystem First { get; private set; } = null!;

    public MailSystem Second { get; private set; } = null!;

    public PostgresDatabase Existing { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Existing = await PostgresDatabase.CreateAsync();
        var (first, second) = (MailSystem.StartAsync(), MailSystem.StartAsync($"--ConnectionStrings:maildb={Existing.ConnectionString}"));
        (First, Second) = (await first, await second);
    }

    public async Task DisposeAsync()
    {
        await Task.WhenAll(First.DisposeAsync().AsTask(), Second.DisposeAsync().AsTask());
        await Existing.DisposeAsync();
    }
}
