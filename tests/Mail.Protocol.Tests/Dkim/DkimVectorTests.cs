using System.Runtime.CompilerServices;
using Mail.Protocol.Dkim;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Dkim;

/// <summary>Vectors/NN-name: the message (.eml), the zone (.dns) and one line "status domain selector" per signature (.expected).</summary>
public class DkimVectorTests
{
    public static TheoryData<string> Names() =>
        [.. Directory.GetFiles(Folder(), "*.eml").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Message_verifies_as_expected(string name)
    {
        var message = await File.ReadAllBytesAsync(Path.Combine(Folder(), name + ".eml"));
        var resolver = FakeDnsResolver.FromText(await File.ReadAllTextAsync(Path.Combine(Folder(), name + ".dns")));
        var expected = await File.ReadAllLinesAsync(Path.Combine(Folder(), name + ".expected"));

        var results = await new DkimVerifier(resolver, TimeProvider.System).VerifyAsync(message, CancellationToken.None);

        Assert.Equal(expected, results.Select(r => $"{r.Status.ToString().ToLowerInvariant()} {r.Domain} {r.Selector}"));
    }

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "Vectors");
}
