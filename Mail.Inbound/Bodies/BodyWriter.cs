using System.Buffers;
using System.IO.Pipelines;

namespace Mail.Inbound.Bodies;

/// <summary>
/// Takes the octets of a message: into blocks of memory while it is small and memory is there, else into a file. Flushed after each
/// read of the session: of a large message no more is in memory than what is worth a write.
/// </summary>
/// <param name="maxMemory">A message that is larger goes to a file.</param>
internal sealed class BodyWriter(BodyMemory memory, SpillFolder folder, int maxMemory) : PipeWriter, IDisposable
{
    private const int WorthAWrite = 4 * BodyMemory.BlockBytes;

    private readonly List<byte[]> _blocks = [];
    private int _used; // of the last block
    private bool _isOver; // in the use of memory
    private FileStream? _file;
    private MappedOctets? _mapped;

    /// <summary>Why the message cannot be kept.</summary>
    public Exception? Failure { get; private set; }

    public bool IsInFile => _file is not null;

    private long InMemory => ((_blocks.Count - 1L) * BodyMemory.BlockBytes) + _used;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        // Whoever copies into it takes what there is and comes again.
        if (_blocks.Count == 0 || _used == BodyMemory.BlockBytes)
        {
            _blocks.Add(memory.Take(out var isOver));
            _isOver |= isOver;
            _used = 0;
        }
        return _blocks[^1].AsMemory(_used, BodyMemory.BlockBytes - _used);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _used += bytes;

    /// <summary>Completed when the message cannot be kept.</summary>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        Failure is null && !_isOver && InMemory <= (_file is null ? maxMemory : WorthAWrite)
            ? ValueTask.FromResult(new FlushResult(isCanceled: false, isCompleted: false))
            : SpillAsync(cancellationToken);

    /// <summary>The message, until <see cref="Clear"/>; nothing can be appended any more. Null when it cannot be kept.</summary>
    public async ValueTask<ReadOnlySequence<byte>?> SealAsync()
    {
        if (_file is not null)
            await SpillAsync(CancellationToken.None);
        if (Failure is not null)
            return null;
        if (_file is null)
            return BodySegment.Join(_blocks.Select((block, i) => (ReadOnlyMemory<byte>)block.AsMemory(0, i == _blocks.Count - 1 ? _used : BodyMemory.BlockBytes)));
        try
        {
            return (_mapped = new MappedOctets(_file)).Octets;
        }
        catch (IOException error)
        {
            Failure = error;
            return null;
        }
    }

    /// <summary>Forgets the message.</summary>
    public void Clear()
    {
        ReturnBlocks();
        _mapped?.Dispose();
        _file?.Dispose();
        (_mapped, _file, Failure) = (null, null, null);
    }

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null) => Clear();

    public void Dispose() => Clear();

    private async ValueTask<FlushResult> SpillAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Failure is null)
                await WriteAsync(cancellationToken);
        }
        // No room, too many files, no right to write there: others get their turn when there is room again.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Failure = error;
            _file?.Dispose();
            _file = null;
        }
        ReturnBlocks();
        return new FlushResult(isCanceled: false, isCompleted: Failure is not null);
    }

    private async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        _file ??= folder.Open();
        for (var i = 0; i < _blocks.Count; i++)
            await _file.WriteAsync(_blocks[i].AsMemory(0, i == _blocks.Count - 1 ? _used : BodyMemory.BlockBytes), cancellationToken);
    }

    private void ReturnBlocks()
    {
        foreach (var block in _blocks)
            memory.Return(block);
        _blocks.Clear();
        (_used, _isOver) = (0, false);
    }
}
