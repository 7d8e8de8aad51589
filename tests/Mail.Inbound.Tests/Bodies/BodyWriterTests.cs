using System.Buffers;
using Mail.Inbound.Bodies;
using Microsoft.Extensions.Options;

namespace Mail.Inbound.Tests.Bodies;

public sealed class BodyWriterTests : IDisposable
{
    private static readonly byte[] Small = [1, 2, 3];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mail-bodies-");
    private readonly Random _random = new(1);

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(16_384, false)]
    [InlineData(65_536, false)]
    [InlineData(65_537, true)]
    [InlineData(300_000, true)]
    [InlineData(5_000_003, true)]
    public async Task Message_is_read_as_it_was_written_wherever_it_is(int size, bool isInFile)
    {
        var (memory, writer) = Create();
        var octets = new byte[size];
        _random.NextBytes(octets);

        await WriteAsync(writer, octets);
        var read = (await writer.SealAsync())!.Value;

        Assert.Equal(isInFile, writer.IsInFile);
        Assert.Equal(octets, read.ToArray());
        Assert.Equal(octets[(size / 3)..], read.Slice(size / 3).ToArray());
        Assert.True(memory.Taken <= 5);
        writer.Clear();
        Assert.Equal(0, memory.Taken);
    }

    [Fact]
    public async Task Writer_is_used_again_after_a_large_message()
    {
        var (_, writer) = Create();
        await WriteAsync(writer, new byte[200_000]);
        await writer.SealAsync();
        writer.Clear();

        await WriteAsync(writer, Small);

        Assert.Equal(Small, (await writer.SealAsync())!.Value.ToArray());
        Assert.False(writer.IsInFile);
    }

    [Fact]
    public async Task Small_message_goes_to_a_file_when_all_memory_is_in_use()
    {
        var memory = new BodyMemory(Options.Create(new BodyOptions { TotalMemoryBytes = 4 * BodyMemory.BlockBytes }));
        var folder = Folder();
        using var first = new BodyWriter(memory, folder, 1_000_000);
        using var second = new BodyWriter(memory, folder, 1_000_000);
        await WriteAsync(first, new byte[4 * BodyMemory.BlockBytes]);

        await WriteAsync(second, Small);

        Assert.Equal((false, true), (first.IsInFile, second.IsInFile));
        Assert.Equal(Small, (await second.SealAsync())!.Value.ToArray());
    }

    [Fact]
    public async Task File_has_no_name_while_it_is_used()
    {
        var (_, writer) = Create();

        await WriteAsync(writer, new byte[200_000]);

        Assert.True(writer.IsInFile);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
        writer.Clear();
    }

    [Fact]
    public void What_a_crash_left_is_removed_at_the_start_and_nothing_else()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "0123456789abcdef.body"), "left");
        File.WriteAllText(Path.Combine(_folder.FullName, "notes.txt"), "somebody's");

        Folder();

        Assert.Equal(["notes.txt"], _folder.EnumerateFileSystemInfos().Select(file => file.Name));
    }

    [Fact]
    public async Task Memory_of_a_file_cannot_be_read_after_the_message_is_forgotten()
    {
        var (_, writer) = Create();
        await WriteAsync(writer, new byte[600_000]);
        var read = (await writer.SealAsync())!.Value;

        writer.Clear();

        Assert.Throws<ObjectDisposedException>(() => read.ToArray());
    }

    [SmallDiskFact]
    public async Task Full_disk_ends_the_message_and_the_next_one_finds_room()
    {
        using var disk = SmallDisk.TryMount(2)!;
        var memory = new BodyMemory(Options.Create(new BodyOptions()));
        using var writer = new BodyWriter(memory, new SpillFolder(Options.Create(new BodyOptions { Folder = disk.Path })), 65_536);

        Assert.False(await WriteAsync(writer, new byte[3_000_000]));
        Assert.IsAssignableFrom<IOException>(writer.Failure);
        Assert.Null(await writer.SealAsync());
        Assert.Equal(0, memory.Taken);
        writer.Clear();

        Assert.True(disk.FreeBytes() > 1_900_000);
        Assert.True(await WriteAsync(writer, new byte[1_000_000]));
        Assert.Equal(1_000_000, (await writer.SealAsync())!.Value.Length);
    }

    private (BodyMemory Memory, BodyWriter Writer) Create()
    {
        var memory = new BodyMemory(Options.Create(new BodyOptions()));
        return (memory, new BodyWriter(memory, Folder(), 65_536));
    }

    private SpillFolder Folder() => new(Options.Create(new BodyOptions { Folder = _folder.FullName }));

    // In pieces as a connection brings them; false when the message could not be kept.
    private async Task<bool> WriteAsync(BodyWriter writer, ReadOnlyMemory<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            var size = Math.Min(octets.Length, _random.Next(1, 100_000));
            writer.Write(octets.Span[..size]);
            if ((await writer.FlushAsync()).IsCompleted)
                return false;
            octets = octets[size..];
        }
        return true;
    }
}
