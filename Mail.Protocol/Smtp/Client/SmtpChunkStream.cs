using System.Buffers;

namespace Mail.Protocol.Smtp;

/// <summary>The same for BDAT (RFC 3030 §2): collects a chunk, sends it, waits for its reply.</summary>
internal sealed class SmtpChunkStream(SmtpChannel channel, SmtpTimeouts timeouts)
    : SmtpDataStream(channel, timeouts, stuffDots: false)
{
    private const int ChunkOctets = 256 * 1024;
    private readonly SmtpChannel _channel = channel;
    private readonly SmtpTimeouts _timeouts = timeouts;
    private readonly ArrayBufferWriter<byte> _chunk = new(64 * 1024);

    /// <summary>A negative reply to a chunk before the last; the connection itself is in order.</summary>
    public SmtpReply? Refusal { get; private set; }

    protected override IBufferWriter<byte> Target => _chunk;

    protected override bool IsFull => _chunk.WrittenCount >= ChunkOctets;

    public override ValueTask<bool> CompleteAsync()
    {
        Finish();
        return WriteChunkAsync(last: true);
    }

    protected override async ValueTask<bool> SendAsync()
    {
        if (!await WriteChunkAsync(last: false))
            return false;
        var reply = await _channel.ReadReplyAsync(SmtpStage.Data, _timeouts.DataTermination);
        if (reply is not { IsPositive: true })
            Refusal = reply;
        return reply is { IsPositive: true };
    }

    private ValueTask<bool> WriteChunkAsync(bool last)
    {
        var stage = last ? SmtpStage.EndOfData : SmtpStage.Data;
        _channel.Output.WriteLine(last ? $"BDAT {_chunk.WrittenCount} LAST" : $"BDAT {_chunk.WrittenCount}");
        _channel.EndCommand(SmtpStage.Data);
        _channel.Output.Write(_chunk.WrittenSpan);
        _chunk.ResetWrittenCount();
        return _channel.FlushAsync(stage, _timeouts.DataBlock);
    }
}
