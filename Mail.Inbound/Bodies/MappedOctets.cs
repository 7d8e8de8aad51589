using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mail.Inbound.Bodies;

/// <summary>
/// A file as memory, in windows of which only the last few used are resident: whoever goes over a message takes no more memory for a
/// large one than for a small one. Octets are valid until it is disposed.
/// </summary>
internal sealed unsafe partial class MappedOctets : IDisposable
{
    private const int WindowBytes = 256 * 1024;
    private const int MaxResident = 4;
    private const int DontNeed = 4; // MADV_DONTNEED of madvise(2)

    private readonly Lock _lock = new();
    private readonly Queue<Window> _resident = new(MaxResident + 1);
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    /// <exception cref="IOException">The system does not map it.</exception>
    public MappedOctets(FileStream file)
    {
        var length = file.Length;
        _file = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        Octets = BodySegment.Join(Windows(length));
    }

    public ReadOnlySequence<byte> Octets { get; }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_start is null)
                return;
            _start = null;
        }
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private IEnumerable<ReadOnlyMemory<byte>> Windows(long length)
    {
        for (var at = 0L; at < length; at += WindowBytes)
            yield return new Window(this, at, (int)Math.Min(WindowBytes, length - at)).Memory;
    }

    private Span<byte> Use(Window window)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_start is null, this);
            if (!window.IsResident)
            {
                window.IsResident = true;
                _resident.Enqueue(window);
                if (_resident.Count > MaxResident)
                    Release(_resident.Dequeue());
            }
            return new Span<byte>(_start + window.Offset, window.Length);
        }
    }

    // The pages are the file's: whoever still reads there finds them again in the system's cache.
    private void Release(Window window)
    {
        window.IsResident = false;
        if (OperatingSystem.IsLinux())
            _ = Advise(_start + window.Offset, (nuint)window.Length, DontNeed);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* address, nuint length, int advice);

    private sealed class Window(MappedOctets owner, long offset, int length) : MemoryManager<byte>
    {
        public long Offset => offset;

        public int Length => length;

        public bool IsResident { get; set; }

        public override Span<byte> GetSpan() => owner.Use(this);

        // Mapped memory does not move.
        public override MemoryHandle Pin(int elementIndex = 0) =>
            new((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(GetSpan())) + elementIndex, default, this);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
