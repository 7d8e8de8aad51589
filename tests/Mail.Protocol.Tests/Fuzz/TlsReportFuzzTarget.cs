using Mail.Protocol.MtaSts;

namespace Mail.Protocol.Tests.Fuzz;

internal static class TlsReportFuzzTarget
{
    internal static string[] Seeds =>
    [
        """{"organization-name":"x","date-range":{"start-datetime":"2016-04-01T00:00:00Z","end-datetime":"2016-04-01T23:59:59Z"},"policies":[{"policy":{"policy-type":"sts","policy-string":["a"],"policy-domain":"y","mx-host":"z"},"summary":{"total-successful-session-count":1,"total-failure-session-count":"2"},"failure-details":[{"result-type":"validation-failure","failed-session-count":3}]}]}""",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        if (TlsReportParser.Parse(input.ToArray()) is { } report)
            Assert.Equivalent(report.Policies, TlsReportParser.Parse(TlsReportWriter.Write(report))!.Policies, strict: true);
    }
}
