using System.Text;
using Mail.Protocol.Webhooks;

namespace Mail.Protocol.Tests.Fuzz;

internal static class WebhookSignatureFuzzTarget
{
    private static readonly WebhookSecret Secret = WebhookSecret.Parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!;

    internal static string[] Seeds =>
    [
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1a,x", "t=1614265330,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "1614265330",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.Latin1.GetString(input);
        // Without the secret nobody makes a signature that holds.
        Assert.NotEqual(WebhookVerification.Valid, StandardWebhookSignature.Verify("msg_1", "1614265330", text, input, Secret, DateTimeOffset.UnixEpoch));
        Assert.NotEqual(WebhookVerification.Valid, StandardWebhookSignature.Verify(text, text, text, input, Secret, DateTimeOffset.UnixEpoch));
        Assert.NotEqual(WebhookVerification.Valid, TimestampedSignature.Verify(text, input, Secret, DateTimeOffset.UnixEpoch));
        _ = WebhookSecret.Parse(text);
    }
}
