using Azure;
using Mail.Core.Assets;
using Mail.Core.Messages;
using Mail.Core.Queue;
using Mail.Protocol.Mime;
using Microsoft.AspNetCore.StaticFiles;

namespace Mail.Worker.Delivery;

/// <summary>Fetches the attachments of an item out of blob storage.</summary>
internal sealed class AttachmentReader(AttachmentBlobs blobs)
{
    private const string UnknownType = "application/octet-stream";

    private readonly FileExtensionContentTypeProvider _types = new();

    public async ValueTask<AttachmentContents> ReadAsync(DeliveryJob job, CancellationToken cancellationToken)
    {
        var contents = new AttachmentContents();
        try
        {
            foreach (var stored in job.Attachments)
            {
                await using var stream = await blobs.OpenAsync(job.Organization, stored, cancellationToken);
                var size = checked((int)stored.Size);
                await stream.ReadExactlyAsync(contents.Reserve(size), cancellationToken);
                contents.Add(Describe(stored));
            }
            return contents;
        }
        catch (RequestFailedException error) when (error.Status == StatusCodes.Status404NotFound)
        {
            contents.Dispose();
            return new AttachmentContents { Problem = "an attachment is gone from storage", IsGone = true };
        }
        catch (Exception error) when (error is RequestFailedException or IOException)
        {
            contents.Dispose();
            return new AttachmentContents { Problem = "an attachment could not be read" };
        }
    }

    private MailAttachment Describe(StoredAttachment stored) => new()
    {
        FileName = stored.FileName,
        ContentType = stored.ContentType ?? (_types.TryGetContentType(stored.FileName, out var type) ? type : UnknownType),
        ContentId = stored.ContentId,
        Inline = stored.ContentId is not null,
    };
}

/// <summary>Attachments in pooled memory; disposing gives it back.</summary>
internal sealed class AttachmentContents : IDisposable
{
    private readonly List<PooledBuffer> _buffers = [];
    private readonly List<MailAttachment> _attachments = [];

    public IReadOnlyList<MailAttachment> Attachments => _attachments;

    /// <summary>Set when they could not be read.</summary>
    public string? Problem { get; init; }

    /// <summary>They are not there, and waiting will hardly bring them back.</summary>
    public bool IsGone { get; init; }

    /// <summary>Memory for the next one.</summary>
    public Memory<byte> Reserve(int size)
    {
        var buffer = new PooledBuffer(size);
        _buffers.Add(buffer);
        var memory = buffer.GetMemory(size)[..size];
        buffer.Advance(size);
        return memory;
    }

    public void Add(MailAttachment attachment) => _attachments.Add(attachment with { Content = _buffers[^1].Written });

    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer.Dispose();
        _buffers.Clear();
    }
}
