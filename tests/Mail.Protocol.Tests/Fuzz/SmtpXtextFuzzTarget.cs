using System.Text;
using Mail.Protocol.Smtp;

namespace Mail.Protocol.Tests.Fuzz;

internal static class SmtpXtextFuzzTarget
{
    internal static string[] Seeds => ["a+2Bb", "+C3+BC", "QQ314", "+"];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        if (SmtpXtext.Decode(input) is { } text)
            Assert.Equal(text, SmtpXtext.Decode(Encoding.ASCII.GetBytes(SmtpXtext.Encode(text))));
    }
}
