using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Fuzz;

internal static class MimeMessageFuzzTarget
{
    internal static string[] Corpus => ["Mime/Vectors"];

    // Every part's content is read once, and texts a second time as strings
    internal static long AllocationBound(int length) => (32L << 20) + 64L * length;

    internal static void Run(ReadOnlySpan<byte> input) => MimeProbe.ReadAll(MimeMessage.Parse(input.ToArray()));
}
