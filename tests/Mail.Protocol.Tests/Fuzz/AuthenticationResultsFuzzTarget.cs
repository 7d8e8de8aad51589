using System.Buffers;
using System.Text;
using Mail.Protocol.AuthenticationResults;

namespace Mail.Protocol.Tests.Fuzz;

internal static class AuthenticationResultsFuzzTarget
{
    internal static string[] Seeds =>
    [
        "example.com 1; spf=pass (a (b)) reason=\"x\" smtp.mailfrom=\"a b\"@example.net; dkim/1=fail header.d=example.net; none",
        "Authentication-Results: abc; none\r\nSubject: x\r\n\r\nbody",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        var octets = input.ToArray();
        if (AuthenticationResultsReader.Read(Encoding.UTF8.GetString(octets)) is { } field)
        {
            // Keywords as they were read can be written again, and then read alike.
            var again = AuthenticationResultsReader.Read(AuthenticationResultsWriter.WritePayload(field.AuthservId, field.Results));
            if (again is null || again.Results.Count != field.Results.Count)
                throw new InvalidOperationException("What was written cannot be read.");
        }

        _ = AuthenticationResultsStripper.Strip(new ReadOnlySequence<byte>(octets), id => id.Length == 3).ToArray();
    }
}
