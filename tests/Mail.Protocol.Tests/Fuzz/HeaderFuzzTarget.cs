using System.Text;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests.Fuzz;

/// <summary>Everything that is read from the value of one field.</summary>
internal static class HeaderFuzzTarget
{
    internal static string[] Seeds =>
    [
        "=?utf-8?Q?Gr=C3=BC=C3=9Fe?= =?utf-8?B?w6k=?= x", "text/plain; charset=utf-8; name*0*=utf-8''a%20b; name*1=\"c\"", "Fri, 21 Nov 1997 09(c):55:06 -0600 (x)",
        "<a@b> <c (x) @ d>", "<https://a.example/u>, (x) <mailto:a@b.example>", "attachment; filename=\"a\\\"b\"; size=1", "=?iso-2022-jp?B?GyRCJDMbKEI=?=",
        "=?utf-7?Q?+AGE-?=", "=?gb18030?Q?=C4=E3?=", "2026-01-02T03:04:05Z",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        var header = new MimeHeader("X", input.ToArray());
        Assert.DoesNotContain(header.Decoded, static c => c is '\r' or '\n' or '\0');
        if (ContentType.TryParse(header.Unfolded, out var type))
            Assert.All(type.Parameters, static p => Assert.DoesNotContain(p.Value, static c => c is '\r' or '\n' or '\0'));
        DateField.TryParse(header.Unfolded, out _);
        MessageIdSyntax.ReadList(header.Unfolded);
        var fields = MimeHeaders.Parse(Encoding.ASCII.GetBytes("List-Unsubscribe: ").Concat(input.ToArray()).ToArray(), 10, out _);
        ListUnsubscribe.Parse(fields);
    }
}
