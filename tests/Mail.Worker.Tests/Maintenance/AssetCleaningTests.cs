using System.Collections.Concurrent;
using Azure;
using Mail.Core.Assets;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Mail.Protocol.Mime;
using Mail.TestKit.Servers;
using Mail.TestKit.Smtp;
using Mail.Worker.Maintenance;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Maintenance;

public sealed class AssetCleaningTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromDays(2);
    private readonly ScriptedSmtpServer _sink = ScriptedSmtpServer.Start();
    private WorkerSystem _system = null!;
    private List<MaintenanceJob> _jobs = null!;

    public async Task InitializeAsync()
    {
        var blobs = await AzuriteServer.SharedAsync();
        _system = await WorkerSystem.CreateAsync(_sink.EndPoint, settings: ("ConnectionStrings:blobs", blobs.ConnectionString));
        string[] names = ["unneeded blobs", "trash of blobs", "upload sessions"];
        _jobs = [.. _system.BuildMaintenance().Services.GetServices<MaintenanceJob>().Where(job => names.Contains(job.Name))];
        Assert.Equal(names.Length, _jobs.Count);
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _sink.DisposeAsync();
    }

    [Fact]
    public async Task Bytes_that_nobody_refers_to_are_deleted_after_their_time_and_not_before()
    {
        var (over, kept) = (await StoreAsync([1], TimeSpan.Zero), await StoreAsync([2], Long));
        var dead = await Get<BlobBytes>().WriteAsync(_system.Caller.Organization, new MemoryStream([3]), 10, TimeSpan.Zero, default);

        await CleanAsync();
        Assert.False(await ExistsAsync(dead!.Name));
        // Whoever reads it just now comes to the end.
        Assert.True(await ExistsAsync(over));
        await HurryAsync();

        Assert.Equal((false, true), (await ExistsAsync(over), await ExistsAsync(kept)));
        Assert.Equal(1, await _system.CountAsync("select count(*) from blobs"));
        Assert.Equal(0, await _system.CountAsync("select count(*) from blob_trash"));
    }

    [Fact]
    public async Task What_an_asset_or_a_queued_message_has_stays_however_old_it_is()
    {
        var organization = _system.Caller.Organization;
        var written = await Get<BlobBytes>().WriteAsync(organization, new MemoryStream([4]), 10, Long, default);
        var description = new AssetDescription("b", "k", "n", "a/b", AssetVisibility.Private, null, null);
        await Get<AssetStore>().PutAsync(organization, PrefixedId.New<AssetId>(TimeProvider.System), description, written!, TimeSpan.Zero, null, default);
        await _system.AcceptAsync(message => message with { Attachments = [new OutgoingAttachment("a.bin", null, null, new byte[] { 5 })] });

        await CleanAsync();
        await HurryAsync();

        Assert.True(await ExistsAsync(written!.Name));
        await _system.StartWorkerAsync();
        await _system.UntilQueueIsEmptyAsync();
        Assert.Equal([5], await FileAsync(Assert.Single(_sink.Messages)));
    }

    [Fact]
    public async Task What_a_message_had_goes_when_the_message_is_given_up_and_a_day_more()
    {
        await _system.AcceptAsync(message => message with { Attachments = [new OutgoingAttachment("a.bin", null, null, new byte[] { 6 })] });
        Assert.Equal(1, await _system.CountAsync(
            "select count(*) from blobs b, delivery_queue q where b.kept_until >= q.give_up_at + interval '23 hours 59 minutes'"));

        await _system.ExecuteAsync("update blobs set kept_until = now() - interval '1 second'");
        await CleanAsync();
        await HurryAsync();

        Assert.Equal(0, await _system.CountAsync("select count(*) from blobs"));
    }

    [Fact]
    public async Task Upload_sessions_go_a_month_after_their_end_with_their_parts()
    {
        var uploads = Get<UploadStore>();
        var sessions = new List<UploadId>();
        foreach (var number in Enumerable.Range(1, 3))
        {
            var description = new AssetDescription("b", null, "n", "a/b", AssetVisibility.Private, null, null);
            var session = await uploads.CreateAsync(
                _system.Caller.Organization, PrefixedId.New<UploadId>(TimeProvider.System), UploadMode.Chunked, description, null, 100, TimeSpan.FromHours(1), default);
            await Get<UploadSessions>().PutPartAsync(_system.Caller.Organization, session.Id, 1, new MemoryStream([(byte)number]), null, default);
            sessions.Add(session.Id);
        }
        var parts = await Task.WhenAll(sessions.Select(async session => (await uploads.PartsAsync(_system.Caller.Organization, session, default)).Single().BlobName));
        await _system.ExecuteAsync($"update upload_sessions set expires_at = now() - interval '31 days' where id = '{sessions[0].Value}'");
        await _system.ExecuteAsync($"update upload_sessions set expires_at = now() - interval '29 days' where id = '{sessions[1].Value}'");
        await _system.ExecuteAsync($"update blob_trash set delete_at = now() where name in ('{parts[0]}', '{parts[1]}')");

        await CleanAsync();

        Assert.Equal(2, await _system.CountAsync("select count(*) from upload_sessions"));
        Assert.Equal(2, await _system.CountAsync("select count(*) from upload_parts"));
        var exist = await Task.WhenAll(parts.Select(ExistsAsync));
        Assert.Equal([false, false, true], exist);
    }

    [Fact]
    public async Task Cleaning_beside_accepting_never_takes_what_a_message_needs()
    {
        const int Contents = 8, Messages = 48;
        using var done = new CancellationTokenSource();
        var cleaning = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await HurryAsync();
        })).ToArray();
        var accepted = new ConcurrentBag<MessageId>();
        await Parallel.ForAsync(0, Messages, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) =>
        {
            // The same few files over and over: now there from before and nobody's, now just collected.
            var content = new byte[] { 7, (byte)(number % Contents) };
            if (number % 3 == 0)
                await StoreAsync(content, TimeSpan.Zero);
            accepted.Add(await _system.AcceptAsync(message => message with { Attachments = [new OutgoingAttachment("a.bin", null, null, content)] }));
        });
        await done.CancelAsync();
        await Task.WhenAll(cleaning);
        await HurryAsync();

        await _system.StartWorkerAsync();
        await _system.UntilQueueIsEmptyAsync();

        Assert.Equal(Messages, _sink.Messages.Count);
        var files = await Task.WhenAll(_sink.Messages.Select(FileAsync));
        Assert.All(files.CountBy(file => file[1]), file => Assert.Equal(Messages / Contents, file.Value));
        Assert.Equal(Contents, await _system.CountAsync("select count(*) from blobs"));
    }

    private T Get<T>() where T : notnull => _system.Front.Services.GetRequiredService<T>();

    private async Task CleanAsync()
    {
        foreach (var job in _jobs)
            while (await job.RunAsync(CancellationToken.None) >= job.FullPart)
                continue;
    }

    /// <summary>Cleans, and once more when the time is over that collected bytes can still be read.</summary>
    private async Task HurryAsync()
    {
        await CleanAsync();
        // Uploads that are under way are announced for a day.
        await _system.ExecuteAsync("update blob_trash set delete_at = now() where delete_at < now() + interval '2 hours'");
        await CleanAsync();
    }

    private async Task<string> StoreAsync(byte[] content, TimeSpan keepFor)
    {
        var organization = _system.Caller.Organization;
        var written = await Get<BlobBytes>().WriteAsync(organization, new MemoryStream(content), 10, Long, default);
        return (await Get<BlobStore>().AdoptAsync(organization, written!, keepFor, default))!;
    }

    private async Task<bool> ExistsAsync(string name)
    {
        try
        {
            await using var stream = await Get<BlobBytes>().OpenAsync(name);
            return true;
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return false;
        }
    }

    private static async Task<byte[]> FileAsync(ReceivedMessage mail)
    {
        using var file = new MemoryStream();
        await using var content = MimeMessage.Parse(mail.Content).Attachments.Single().OpenContent();
        await content.CopyToAsync(file);
        return file.ToArray();
    }
}
