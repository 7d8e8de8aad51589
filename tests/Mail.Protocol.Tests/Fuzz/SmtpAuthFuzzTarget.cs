using Mail.Protocol.Smtp;

namespace Mail.Protocol.Tests.Fuzz;

internal static class SmtpAuthFuzzTarget
{
    internal static string[] Seeds => ["AGFueW9uZQBtc19saXZlX2FiYw==", "dXNlcg==", "*", "="];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        // RFC 4616 §2: NUL separates, so no part has one.
        if (SmtpAuthResponse.Plain(input) is { } identity)
            Assert.DoesNotContain('\0', identity.AuthorizationId + identity.User + identity.Secret);
        _ = SmtpAuthResponse.Text(input);
    }
}
