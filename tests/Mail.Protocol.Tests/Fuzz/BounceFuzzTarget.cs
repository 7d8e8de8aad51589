using System.Text;
using Mail.Protocol.Bounces;

namespace Mail.Protocol.Tests.Fuzz;

/// <summary>Whatever a server says, it is put into one of the classes.</summary>
internal static class BounceFuzzTarget
{
    internal static string[] Seeds =>
    [
        "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown", "452-4.2.2 The recipient's inbox is out of storage space",
        "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume", "554 5.7.1 Service unavailable; blocked using zen.spamhaus.org",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.Latin1.GetString(input);
        foreach (var stage in (ReadOnlySpan<BounceStage>)[BounceStage.RcptTo, BounceStage.EndOfData, BounceStage.Report])
        {
            var verdict = BounceClassifier.Default.Classify(new BounceReply(stage, null, null, text));
            Assert.True(Enum.IsDefined(verdict.Class));
        }
    }
}
