using Mail.Core.Tls;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Worker.Tests.Tls;

public sealed class MtaStsFetchTests
{
    private const string Policy = "version: STSv1\r\nmode: enforce\r\nmx: mx.example.test\r\nmax_age: 86400\r\n";

    [Fact]
    public async Task A_policy_is_fetched()
    {
        await using var system = await TlsSystem.CreateAsync(Certificate.Good);
        system.Policies.Answer = PolicyServer.Policy(Policy, "Text/Plain; charset=utf-8");

        var fetched = Assert.IsType<PolicyFetch.Fetched>(await FetchAsync(system));

        Assert.Equal(["mx.example.test"], fetched.Policy.Mx);
    }

    public static TheoryData<string, byte[], string> BadAnswers() => new()
    {
        { "a redirect", PolicyServer.Http("302 Found", "Location: https://mta-sts.example.test/elsewhere\r\n", ""), "sts-policy-fetch-error" },
        { "not there", PolicyServer.Http("404 Not Found", "Content-Type: text/plain\r\n", Policy), "sts-policy-fetch-error" },
        { "HTML", PolicyServer.Policy(Policy, "text/html"), "sts-policy-fetch-error" },
        { "no type", PolicyServer.Http("200 OK", "", Policy), "sts-policy-fetch-error" },
        { "too long", PolicyServer.Policy(Policy + new string('x', 70_000)), "sts-policy-invalid" },
        { "endless headers", PolicyServer.Http("200 OK", $"Content-Type: text/plain\r\nX-Long: {new string('x', 100_000)}\r\n", Policy), "sts-policy-fetch-error" },
        { "compressed", PolicyServer.Http("200 OK", "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n", "no gzip"), "sts-policy-invalid" },
        { "no policy", PolicyServer.Policy("hello"), "sts-policy-invalid" },
        { "no HTTP", "220 mx.example.test ESMTP\r\n"u8.ToArray(), "sts-policy-fetch-error" },
        { "cut off", PolicyServer.Policy(Policy)[..^10], "sts-policy-fetch-error" },
    };

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task An_answer_that_is_no_policy_is_none(string answer, byte[] octets, string problem)
    {
        await using var system = await TlsSystem.CreateAsync(Certificate.Good);
        system.Policies.Answer = octets;

        var failed = Assert.IsType<PolicyFetch.Failed>(await FetchAsync(system));

        Assert.True(problem == failed.Problem, $"{answer}: {failed}");
        Assert.Equal(1, system.Policies.Requests);
    }

    [Fact]
    public async Task A_host_that_does_not_come_to_an_end_is_given_up()
    {
        await using var system = await TlsSystem.CreateAsync(Certificate.Good, settings: [("Mail:Tls:MtaStsTimeout", "00:00:01")]);
        system.Policies.Answer = PolicyServer.Policy(Policy)[..^10];
        system.Policies.Hangs = true;

        var failed = Assert.IsType<PolicyFetch.Failed>(await FetchAsync(system));

        Assert.Equal(("sts-policy-fetch-error", "no policy within 1 s"), (failed.Problem, failed.Detail));
    }

    [Theory]
    [InlineData(Certificate.Expired)]
    [InlineData(Certificate.WrongName)]
    [InlineData(Certificate.SelfSigned)]
    public async Task A_host_without_a_good_certificate_is_not_believed(Certificate certificate)
    {
        await using var system = await TlsSystem.CreateAsync(Certificate.Good);
        system.Policies.Answer = PolicyServer.Policy(Policy);
        system.Policies.Certificate = system.CertificateOf(certificate)!;

        var failed = Assert.IsType<PolicyFetch.Failed>(await FetchAsync(system));

        Assert.Equal("sts-webpki-invalid", failed.Problem);
        Assert.Equal(0, system.Policies.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("169.254.169.254")]
    public async Task A_host_in_our_own_network_is_not_connected_to(string address)
    {
        await using var system = await TlsSystem.CreateAsync(Certificate.Good, settings: [("Mail:Delivery:AllowPrivateAddresses", "false")]);
        system.Zone.Remove("mta-sts.example.test").A("mta-sts.example.test", address);
        system.Policies.Answer = PolicyServer.Policy(Policy);

        var failed = Assert.IsType<PolicyFetch.Failed>(await FetchAsync(system));

        Assert.Equal("mta-sts.example.test is not at a public address.", failed.Detail);
        Assert.Equal(0, system.Policies.Requests);
    }

    private static Task<PolicyFetch> FetchAsync(TlsSystem system) =>
        system.Worker.BuildWorker().Services.GetRequiredService<MtaStsFetch>().FetchAsync("example.test", CancellationToken.None);
}
