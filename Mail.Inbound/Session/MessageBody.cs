using System.Buffers;
using System.IO.Pipelines;
using Mail.Protocol.Smtp;

namespace Mail.Inbound.Session;

/// <summary>Where a session keeps the octets of the message it reads. Used again for each message.</summary>
internal sealed class MessageBody(int maxOctets)
{
    // Without a limit of its own: maxOctets bounds what is buffered. Inline, since nothing waits on the other side.
    private static readonly PipeOptions Options = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, minimumSegmentSize: 8192,
        useSynchronizationContext: false);

    private readonly Pipe _pipe = new(Options);
    private long _length;
    private bool _isUsed;

    /// <summary>The octets read, until <see cref="Clear"/>.</summary>
    public ReadOnlySequence<byte> Octets { get; private set; }

    public async ValueTask<SmtpDataResult> ReadDataAsync(PipeReader input)
    {
        _isUsed = true;
        var read = await SmtpDataReader.ReadAsync(input, _pipe.Writer, maxOctets, CancellationToken.None);
        await TakeAsync(read);
        return read;
    }

    public async ValueTask<SmtpDataResult> ReadChunkAsync(PipeReader input, long octets)
    {
        _isUsed = true;
        var read = await BdatReader.ReadAsync(input, _pipe.Writer, octets, maxOctets - _length, CancellationToken.None);
        await TakeAsync(read);
        return read;
    }

    /// <summary>Reads a chunk that nobody wants.</summary>
    public async ValueTask<SmtpDataStatus> SkipChunkAsync(PipeReader input, long octets)
    {
        _isUsed = true;
        return (await BdatReader.ReadAsync(input, _pipe.Writer, octets, allowedOctets: -1, CancellationToken.None)).Status;
    }

    public void Clear()
    {
        if (!_isUsed)
            return;
        Octets = default;
        _length = 0;
        _isUsed = false;
        _pipe.Writer.Complete();
        _pipe.Reader.Complete();
        _pipe.Reset();
    }

    private async ValueTask TakeAsync(SmtpDataResult read)
    {
        if (read.Status != SmtpDataStatus.Complete)
            return;
        _length += read.Length;
        await _pipe.Writer.FlushAsync();
        if (!_pipe.Reader.TryRead(out var all))
            return;
        Octets = all.Buffer;
        // Examined, not consumed: the next chunk comes behind it.
        _pipe.Reader.AdvanceTo(all.Buffer.Start, all.Buffer.End);
    }
}
