using System.Globalization;
using System.Text;
using Mail.Core.Messages;
using Mail.Core.Tls.Reports;
using Mail.Protocol.MtaSts;
using Mail.TestKit.Servers;
using Mail.Worker.Tls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mail.Worker.Tests.Tls;

public sealed class TlsReportTests
{
    [Fact]
    public async Task A_domain_that_asks_gets_a_report_of_the_day_by_https()
    {
        await using var system = (await CreateAsync(Certificate.Expired)).Publish("testing");
        ReportTo(system, $"https://reports.example.test:{system.Policies.Port}/tls");
        var worker = await system.Worker.StartReporterAsync();
        await system.Worker.WhenAsync(await system.Worker.AcceptAsync(), MessageStatus.Sent);
        await EndDayAsync(system, worker);
        UseForReports(system);

        Assert.True(await SendAsync(worker));
        Assert.False(await SendAsync(worker));

        var report = TlsReportParser.Parse(system.Policies.Bodies[^1])!;
        Assert.Equal(("demo.test", "tls@demo.test"), (report.OrganizationName, report.ContactInfo));
        Assert.Equal(TimeSpan.FromSeconds(86_399), report.End - report.Start);
        var policy = Assert.Single(report.Policies);
        Assert.Equal(("sts", "example.test", 0, 1), (policy.Type, policy.Domain, policy.Successes, policy.Failures));
        Assert.Equal(["version: STSv1", "mode: testing", $"mx: {TlsSystem.MxHost}", "max_age: 86400"], policy.Lines);
        var failure = Assert.Single(policy.Details);
        Assert.Equal(("certificate-expired", TlsSystem.MxHost, "127.0.0.1", 1),
            (failure.ResultType, failure.ReceivingMxHostName, failure.ReceivingIp, failure.Sessions));
    }

    [Fact]
    public async Task A_report_by_mail_is_signed_and_passes_where_tls_fails()
    {
        await using var system = (await CreateAsync(
            Certificate.Expired, ("ConnectionStrings:blobs", (await AzuriteServer.SharedAsync()).ConnectionString))).Publish("enforce");
        ReportTo(system, "mailto:tls%2Breports@example.test");
        var worker = await system.Worker.StartReporterAsync();
        var mail = await system.Worker.AcceptAsync();
        await system.Worker.WhenAsync(mail, MessageStatus.Deferred);
        await EndDayAsync(system, worker);

        Assert.True(await SendAsync(worker));

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var received = await system.Mx.NextMessageAsync(deadline.Token);
        Assert.Equal("<tls+reports@example.test>", received.Recipients[0]);
        var text = Encoding.UTF8.GetString(received.Content);
        Assert.Contains("DKIM-Signature:", text, StringComparison.Ordinal);
        Assert.Contains("multipart/report; report-type=tlsrpt;", text.Replace("\r\n ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("TLS-Report-Domain: example.test\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Subject: Report Domain: example.test Submitter: demo.test", text.Replace("\r\n ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("application/tlsrpt+gzip", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_worker_sends_and_no_report_is_sent_twice()
    {
        await using var system = await CreateAsync(Certificate.Good);
        ReportTo(system, $"https://reports.example.test:{system.Policies.Port}/tls");
        var worker = await system.Worker.StartReporterAsync();
        await system.Worker.WhenAsync(await system.Worker.AcceptAsync(), MessageStatus.Sent);
        await EndDayAsync(system, worker);
        UseForReports(system);

        var sent = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(worker)));

        Assert.Single(sent, did => did);
        Assert.Equal(1, system.Policies.Requests);
        var policy = Assert.Single(TlsReportParser.Parse(system.Policies.Bodies[0])!.Policies);
        Assert.Equal(("no-policy-found", 1, 0), (policy.Type, policy.Successes, policy.Failures));
    }

    [Fact]
    public async Task A_report_that_was_not_taken_is_sent_again_after_an_hour()
    {
        await using var system = await CreateAsync(Certificate.Good);
        ReportTo(system, $"https://reports.example.test:{system.Policies.Port}/tls");
        var worker = await system.Worker.StartReporterAsync();
        await system.Worker.WhenAsync(await system.Worker.AcceptAsync(), MessageStatus.Sent);
        await EndDayAsync(system, worker);
        UseForReports(system);
        system.Policies.Answer = PolicyServer.Http("503 Later", "", "");

        Assert.True(await SendAsync(worker));
        Assert.False(await SendAsync(worker));
        await system.Worker.ExecuteAsync("update tls_reports set claimed_at = now() - interval '61 min'");
        system.Policies.Answer = PolicyServer.Http("201 Created", "", "");
        Assert.True(await SendAsync(worker));

        Assert.Equal(1, await system.Worker.CountAsync("select count(*) from tls_reports where sent_at is not null"));
    }

    [Theory]
    [InlineData("https://127.0.0.1:8443/")]
    [InlineData("https://reports.example.test:8443/")]
    [InlineData("https://localhost/")]
    public async Task Nothing_is_posted_into_our_own_network(string destination)
    {
        await using var system = await CreateAsync(Certificate.Good, ("Mail:Delivery:AllowPrivateAddresses", "false"));
        ReportTo(system, destination.Replace("8443", system.Policies.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        UseForReports(system);
        var worker = await system.Worker.StartReporterAsync();
        await system.Worker.ExecuteAsync(
            "insert into tls_sessions values ((now() at time zone 'UTC')::date - 2, 'example.test', 'sts', '', 'mx', '', '', '', 1)");

        Assert.True(await SendAsync(worker));

        Assert.Equal(0, system.Policies.Requests);
        Assert.Equal(1, await system.Worker.CountAsync("select count(*) from tls_reports where sent_at is null"));
    }

    [Fact]
    public async Task Nothing_is_counted_for_a_domain_that_does_not_ask()
    {
        await using var system = await CreateAsync(Certificate.Good);
        var worker = await system.Worker.StartReporterAsync();
        await system.Worker.WhenAsync(await system.Worker.AcceptAsync(), MessageStatus.Sent);

        await worker.Services.GetRequiredService<TlsSessions>().WriteAsync(CancellationToken.None);

        Assert.Equal(0, await system.Worker.CountAsync("select count(*) from tls_sessions"));
    }

    [Fact]
    public async Task A_server_that_the_policy_does_not_name_is_reported()
    {
        await using var system = (await CreateAsync(Certificate.Good)).Publish("enforce", mx: "mx.elsewhere.test");
        ReportTo(system, "mailto:tls@example.test");
        var worker = await system.Worker.StartReporterAsync();
        await system.Worker.WhenAsync(await system.Worker.AcceptAsync(), MessageStatus.Deferred);

        await worker.Services.GetRequiredService<TlsSessions>().WriteAsync(CancellationToken.None);

        Assert.Equal(1, await system.Worker.CountAsync(
            "select count(*) from tls_sessions where policy_type = 'sts' and result = 'validation-failure' and mx_patterns = 'mx.elsewhere.test'"));
    }

    private static Task<TlsSystem> CreateAsync(Certificate certificate, params (string, string)[] settings) =>
        TlsSystem.CreateAsync(certificate, settings: [("Mail:TlsReports:From", "tls@demo.test"), .. settings]);

    private static void ReportTo(TlsSystem system, string destination)
    {
        system.Zone.Txt("_smtp._tls.example.test", $"v=TLSRPTv1; rua={destination}");
        system.Zone.A("reports.example.test", "127.0.0.1");
    }

    private static void UseForReports(TlsSystem system)
    {
        system.Policies.Certificate = system.Authority.Issue("reports.example.test");
        system.Policies.Answer = PolicyServer.Http("200 OK", "", "");
    }

    // As if it were the day after tomorrow.
    private static async Task EndDayAsync(TlsSystem system, IHost worker)
    {
        await worker.Services.GetRequiredService<TlsSessions>().WriteAsync(CancellationToken.None);
        await system.Worker.ExecuteAsync("update tls_sessions set day = day - 2");
    }

    private static Task<bool> SendAsync(IHost worker) => worker.Services.GetRequiredService<SendTlsReports>().RunAsync(CancellationToken.None);
}
