using System.Text;
using Mail.Protocol.MtaSts;

namespace Mail.Protocol.Tests.Fuzz;

internal static class MtaStsFuzzTarget
{
    internal static string[] Seeds =>
    [
        "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n",
        "v=STSv1; id=20160831085700Z;", "v=TLSRPTv1;rua=mailto:reports@example.com,https://r.example/v1",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        if (MtaStsPolicy.Parse(input) is MtaStsPolicyResult.Valid(var policy))
        {
            var again = Assert.IsType<MtaStsPolicyResult.Valid>(MtaStsPolicy.Parse(Encoding.UTF8.GetBytes(policy.ToString()))).Policy;
            Assert.Equal(policy.Mx, again.Mx);
            Assert.Equal((policy.Mode, policy.MaxAge), (again.Mode, again.MaxAge));
        }
        var record = Encoding.Latin1.GetString(input);
        MtaStsRecord.Find([record]);
        TlsRptRecord.Find([record]);
    }
}
