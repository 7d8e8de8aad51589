using System.IO.Compression;
using System.Text;
using Mail.Protocol.MtaSts;

namespace Mail.Protocol.Tests.MtaSts;

public sealed class TlsReportTests
{
    // After RFC 8460 appendix B.
    private const string Example = """
        {
          "organization-name": "Company-X",
          "date-range": { "start-datetime": "2016-04-01T00:00:00Z", "end-datetime": "2016-04-01T23:59:59Z" },
          "contact-info": "sts-reporting@company-x.example",
          "report-id": "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
          "policies": [{
            "policy": {
              "policy-type": "sts",
              "policy-string": ["version: STSv1", "mode: testing", "mx: *.mail.company-y.example", "max_age: 86400"],
              "policy-domain": "company-y.example",
              "mx-host": "*.mail.company-y.example"
            },
            "summary": { "total-successful-session-count": 5326, "total-failure-session-count": "303" },
            "failure-details": [{
              "result-type": "certificate-expired",
              "sending-mta-ip": "2001:db8:abcd:0012::1",
              "receiving-mx-hostname": "mx1.mail.company-y.example",
              "failed-session-count": 100
            }, {
              "result-type": "starttls-not-supported",
              "sending-mta-ip": "2001:db8:abcd:0013::1",
              "receiving-mx-hostname": "mx2.mail.company-y.example",
              "receiving-ip": "203.0.113.56",
              "failed-session-count": 200,
              "additional-information": "https://reports.company-x.example/report_info?id=5065427c"
            }]
          }]
        }
        """;

    [Fact]
    public void Example_of_the_rfc_is_read()
    {
        var report = TlsReportParser.Parse(Encoding.UTF8.GetBytes(Example))!;
        Assert.Equal("Company-X", report.OrganizationName);
        Assert.Equal(new DateTimeOffset(2016, 4, 1, 23, 59, 59, TimeSpan.Zero), report.End);
        var policy = Assert.Single(report.Policies);
        Assert.Equal(("sts", "company-y.example", 5326L, 303L), (policy.Type, policy.Domain, policy.Successes, policy.Failures));
        Assert.Equal(["*.mail.company-y.example"], policy.MxHosts);
        Assert.Equal([TlsReportResult.CertificateExpired, TlsReportResult.StartTlsNotSupported], policy.Details.Select(d => d.ResultType));
        Assert.Equal(200, policy.Details[1].Sessions);
        Assert.Equal("Report Domain: company-y.example Submitter: mail.x.example Report-ID: <5065427c-23d3-47ca-b6e0-946ea0e8c4be>",
            report.Subject("mail.x.example"));
        Assert.Equal("mail.x.example!company-y.example!1459468800!1459555199!5065427c-23d3-47ca-b6e0-946ea0e8c4be.json.gz",
            report.FileName("mail.x.example", compressed: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Written_report_reads_the_same(bool compressed)
    {
        var report = TlsReportParser.Parse(Encoding.UTF8.GetBytes(Example))!;
        var octets = compressed ? TlsReportWriter.WriteCompressed(report) : TlsReportWriter.Write(report);
        var again = TlsReportParser.Parse(octets)!;
        Assert.Equivalent(report, again, strict: true);
    }

    [Fact]
    public void Builder_counts_sessions_and_groups_failures()
    {
        var sts = new TlsReportPolicy { Type = "sts", Domain = "y.example", MxHosts = ["*.y.example"] };
        var none = new TlsReportPolicy { Type = "no-policy-found", Domain = "z.example" };
        var expired = new TlsReportFailure { ResultType = TlsReportResult.CertificateExpired, ReceivingMxHostName = "mx1.y.example" };
        var builder = new TlsReportBuilder();
        builder.Add(sts);
        builder.Add(sts, expired);
        builder.Add(sts with { Domain = "Y.example" }, expired);
        builder.Add(sts, expired with { ReceivingMxHostName = "mx2.y.example" });
        builder.Add(none);
        var report = builder.Build("x", "tls@x.example", "id", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        Assert.Equal([(1L, 3L), (1L, 0L)], report.Policies.Select(policy => (policy.Successes, policy.Failures)));
        Assert.Equal([2L, 1L], report.Policies[0].Details.Select(detail => detail.Sessions));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"date-range\":{\"start-datetime\":\"x\"}}")]
    [InlineData("\u001f\u008bgarbage")]
    public void What_is_no_report_is_null(string text) => Assert.Null(TlsReportParser.Parse(Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void Bomb_and_deep_nesting_are_refused()
    {
        using var bomb = new MemoryStream();
        using (var gzip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
            for (var i = 0; i < 200; i++)
                gzip.Write(Encoding.ASCII.GetBytes(new string(' ', 1 << 20)));
        Assert.Null(TlsReportParser.Parse(bomb.ToArray()));
        Assert.Null(TlsReportParser.Parse(Encoding.ASCII.GetBytes(new string('[', 100_000))));
    }
}
