using Mail.Protocol.Mime;
using Mail.Protocol.Tests.Mime;

namespace Mail.Protocol.Tests.Fuzz;

internal static class MimeMessageFuzzTarget
{
    private const int MaxInPieces = 4096;

    internal static string[] Corpus => ["Mime/Vectors"];

    // Every part's content is read once, and texts a second time as strings
    internal static long AllocationBound(int length) => (32L << 20) + 64L * length;

    internal static void Run(ReadOnlySpan<byte> input)
    {
        var octets = input.ToArray();
        var sum = MimeProbe.ReadAll(MimeMessage.Parse(octets));
        if (octets.Length <= MaxInPieces) Assert.Equal(sum, MimeProbe.ReadAll(MimeMessage.Parse(Pieces.Of(octets, 5))));
    }
}
