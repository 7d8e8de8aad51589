using System.Buffers;
using System.IO.Pipelines;
using Mail.Inbound.Bodies;
using Mail.Protocol.Smtp;

namespace Mail.Inbound.Session;

/// <summary>Where a session keeps the octets of the message it reads. Used again for each message.</summary>
internal sealed class MessageBody(BodyWriter writer, int maxOctets) : IDisposable
{
    private long _length;

    /// <summary>The octets of the whole message, until <see cref="Clear"/>.</summary>
    public ReadOnlySequence<byte> Octets { get; private set; }

    /// <summary>It is larger than what is kept in memory.</summary>
    public bool IsLarge => writer.IsInFile;

    /// <summary>Why it could not be kept.</summary>
    public Exception? Failure => writer.Failure;

    public async ValueTask<SmtpDataResult> ReadDataAsync(PipeReader input) =>
        await SealAsync(await SmtpDataReader.ReadAsync(input, writer, maxOctets, CancellationToken.None));

    public async ValueTask<SmtpDataResult> ReadChunkAsync(PipeReader input, long octets, bool isLast)
    {
        var read = await BdatReader.ReadAsync(input, writer, octets, maxOctets - _length, CancellationToken.None);
        if (read.Status == SmtpDataStatus.Complete)
            _length += read.Length;
        return isLast ? await SealAsync(read) : read;
    }

    /// <summary>Reads a chunk that nobody wants.</summary>
    public async ValueTask<SmtpDataStatus> SkipChunkAsync(PipeReader input, long octets) =>
        (await BdatReader.ReadAsync(input, writer, octets, allowedOctets: -1, CancellationToken.None)).Status;

    public void Clear()
    {
        Octets = default;
        _length = 0;
        writer.Clear();
    }

    public void Dispose() => Clear();

    private async ValueTask<SmtpDataResult> SealAsync(SmtpDataResult read)
    {
        if (read.Status != SmtpDataStatus.Complete)
            return read;
        if (await writer.SealAsync() is not { } octets)
            return read with { Status = SmtpDataStatus.OutputClosed };
        Octets = octets;
        return read;
    }
}
