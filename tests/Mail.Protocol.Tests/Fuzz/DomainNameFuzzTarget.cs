using System.Text;
using Mail.Protocol.Addresses;

namespace Mail.Protocol.Tests.Fuzz;

internal static class DomainNameFuzzTarget
{
    internal static string[] Seeds =>
        ["example.com", "b\u00c3\u00bccher.example", "xn--bcher-kva.example", "\u00d7\u0090\u00d7\u0091.example", "a\u00e2\u0080\u008cb.example", "\u00e2\u0084\u00ab.example"];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        if (!DomainName.TryParse(Encoding.UTF8.GetString(input).AsSpan(), out var domain, out _)) return;
        Assert.True(Ascii.IsValid(domain.Ascii));
        Assert.True(DomainName.TryParse(domain.Ascii, out var ascii) && ascii.Equals(domain));
        Assert.True(DomainName.TryParse(domain.Unicode, out var unicode) && unicode.Equals(domain), domain.Ascii);
    }
}
