using Mail.Core.Messages;
using Mail.Core.Tls;

namespace Mail.Worker.Tests.Tls;

public sealed class MtaStsDeliveryTests
{
    [Fact]
    public async Task A_server_that_passes_an_enforced_policy_gets_the_mail()
    {
        await using var system = (await TlsSystem.CreateAsync(Certificate.Good)).Publish("enforce");
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync();

        await system.Worker.WhenAsync(id, MessageStatus.Sent);
        var attempt = Assert.Single(await system.Worker.AttemptsAsync(id));
        Assert.Equal(("mta_sts", "pkix", null), (attempt.TlsPolicy, attempt.TlsVerification, attempt.TlsProblem));
    }

    [Theory]
    [InlineData(Certificate.Expired, "4.7.5", "certificate-expired")]
    [InlineData(Certificate.WrongName, "4.7.5", "certificate-host-mismatch")]
    [InlineData(Certificate.SelfSigned, "4.7.5", "certificate-not-trusted")]
    [InlineData(Certificate.None, "4.7.4", "starttls-not-supported")]
    [InlineData(Certificate.Refused, "4.7.0", "starttls-not-supported")]
    [InlineData(Certificate.Broken, "4.7.5", "validation-failure")]
    public async Task A_server_that_fails_an_enforced_policy_gets_nothing(Certificate certificate, string code, string problem)
    {
        await using var system = (await TlsSystem.CreateAsync(certificate)).Publish("enforce");
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync();

        await system.Worker.WhenAsync(id, MessageStatus.Deferred);
        Assert.Empty(system.Mx.Messages);
        var attempt = Assert.Single(await system.Worker.AttemptsAsync(id));
        Assert.Equal(("mta_sts_policy", "mta_sts", code, problem), (attempt.Cause, attempt.TlsPolicy, attempt.EnhancedCode, attempt.TlsProblem));
    }

    [Theory]
    [InlineData(Certificate.Expired, "certificate-expired")]
    [InlineData(Certificate.WrongName, "certificate-host-mismatch")]
    [InlineData(Certificate.SelfSigned, "certificate-not-trusted")]
    [InlineData(Certificate.None, "starttls-not-supported")]
    [InlineData(Certificate.Broken, "validation-failure")]
    public async Task A_policy_under_test_is_told_of_and_stops_nothing(Certificate certificate, string problem)
    {
        await using var system = (await TlsSystem.CreateAsync(certificate)).Publish("testing");
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync();

        await system.Worker.WhenAsync(id, MessageStatus.Sent);
        var attempt = Assert.Single(await system.Worker.AttemptsAsync(id));
        Assert.Equal(("mta_sts_testing", problem), (attempt.TlsPolicy, attempt.TlsProblem));
    }

    [Fact]
    public async Task A_server_that_an_enforced_policy_does_not_name_is_passed_over()
    {
        await using var system = (await TlsSystem.CreateAsync(Certificate.Good)).Publish("enforce");
        system.Zone.Mx("example.test", 5, "evil.test").A("evil.test", "127.0.0.1");
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync();

        await system.Worker.WhenAsync(id, MessageStatus.Sent);
        Assert.Equal(TlsSystem.MxHost, Assert.Single(await system.Worker.AttemptsAsync(id)).MxHost);
    }

    [Fact]
    public async Task Mail_waits_when_an_enforced_policy_names_none_of_the_servers()
    {
        await using var system = (await TlsSystem.CreateAsync(Certificate.Good)).Publish("enforce", mx: "mx.elsewhere.test");
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync();

        await system.Worker.WhenAsync(id, MessageStatus.Deferred);
        Assert.Equal(0, system.Mx.Connections);
        var attempt = Assert.Single(await system.Worker.AttemptsAsync(id));
        Assert.Equal(("mta_sts_policy", "route", "4.7.5"), (attempt.Cause, attempt.Stage, attempt.EnhancedCode));
    }

    [Fact]
    public async Task A_kept_connection_without_a_good_certificate_carries_no_mail_of_a_domain_that_enforces_one()
    {
        await using var system = (await TlsSystem.CreateAsync(Certificate.Expired)).Publish("enforce");
        system.Zone.Mx("lax.test", 10, TlsSystem.MxHost);
        await system.Worker.StartWorkerAsync();
        await system.Worker.WhenAsync(
            await system.Worker.AcceptAsync(message => message with { Recipients = [WorkerSystem.To("ann@lax.test")] }), MessageStatus.Sent);

        var strict = await system.Worker.AcceptAsync();

        await system.Worker.WhenAsync(strict, MessageStatus.Deferred);
        Assert.Single(system.Mx.Messages);
    }

    [Fact]
    public async Task A_sender_that_prefers_delivery_gives_up_the_policies_of_the_recipient()
    {
        await using var system = (await TlsSystem.CreateAsync(Certificate.Expired)).Publish("enforce");
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync(message => message with
        {
            Headers = new Dictionary<string, string> { ["TLS-Required"] = "No" },
        });

        await system.Worker.WhenAsync(id, MessageStatus.Sent);
        Assert.Equal("opportunistic", Assert.Single(await system.Worker.AttemptsAsync(id)).TlsPolicy);
    }

    [Fact]
    public async Task Mail_that_must_be_safe_all_the_way_needs_a_server_that_promises_it()
    {
        await using var system = (await TlsSystem.CreateAsync(Certificate.Good)).Publish("enforce");
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync(message => message with { Tls = TlsRequirement.RequireTls });

        await system.Worker.WhenAsync(id, MessageStatus.Deferred);
        var attempt = Assert.Single(await system.Worker.AttemptsAsync(id));
        Assert.Equal(("tls_required", "requiretls"), (attempt.Cause, attempt.TlsPolicy));
        Assert.Contains("REQUIRETLS", attempt.Reply, StringComparison.Ordinal);
        Assert.Empty(system.Mx.Messages);
    }

    [Fact]
    public async Task Mail_that_must_be_safe_all_the_way_needs_a_server_that_is_proven_to_be_the_recipients()
    {
        await using var system = await TlsSystem.CreateAsync(Certificate.Good, ["REQUIRETLS"]);
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync(message => message with { Tls = TlsRequirement.RequireTls });

        await system.Worker.WhenAsync(id, MessageStatus.Deferred);
        Assert.Equal(0, system.Mx.Connections);
        Assert.Equal("tls_required", Assert.Single(await system.Worker.AttemptsAsync(id)).Cause);
    }

    [Fact]
    public async Task Mail_that_must_be_safe_all_the_way_asks_the_server_to_keep_it_so()
    {
        await using var system = (await TlsSystem.CreateAsync(Certificate.Good, ["REQUIRETLS"])).Publish("enforce");
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync(message => message with { Tls = TlsRequirement.RequireTls });

        await system.Worker.WhenAsync(id, MessageStatus.Sent);
        Assert.Contains(" REQUIRETLS", Assert.Single(system.Mx.Messages).ReversePath, StringComparison.Ordinal);
    }
}
