using Mail.Protocol.Addresses;

namespace Mail.Protocol.Tests.Fuzz;

internal static class SmtpPathFuzzTarget
{
    internal static string[] Seeds => ["<>", "<a@example.com> SIZE=1", "<@a.example,@b.example:a@example.com>", "<postmaster>", "<\"a>b\"@example.com>", "<a@[IPv6:::1]>"];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        foreach (var forward in (bool[])[false, true])
        {
            var valid = forward ? SmtpPath.TryReadForward(input, out var path, out var consumed, out _) : SmtpPath.TryReadReverse(input, out path, out consumed, out _);
            if (!valid) continue;
            Assert.Equal((byte)'>', input[consumed - 1]);
            Assert.DoesNotContain(path.Address?.Address ?? "", char.IsControl);
        }
    }
}
