using Mail.Core.Messages;
using Mail.Core.Tls;

namespace Mail.Worker.Tests.Tls;

public sealed class TlsRequirementTests
{
    [Theory]
    [InlineData(Certificate.Good, true, "pkix", null)]
    [InlineData(Certificate.Expired, true, null, "certificate-expired")]
    [InlineData(Certificate.WrongName, true, null, "certificate-host-mismatch")]
    [InlineData(Certificate.SelfSigned, true, null, "certificate-not-trusted")]
    [InlineData(Certificate.None, false, null, "starttls-not-supported")]
    [InlineData(Certificate.Refused, false, null, "starttls-not-supported")]
    [InlineData(Certificate.Broken, false, null, "validation-failure")]
    public async Task Without_a_policy_mail_takes_what_tls_there_is(Certificate certificate, bool encrypted, string? verification, string? problem)
    {
        await using var system = await TlsSystem.CreateAsync(certificate);
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync();

        await system.Worker.WhenAsync(id, MessageStatus.Sent);
        Assert.Equal(encrypted, Assert.Single(system.Mx.Messages).Encrypted);
        var attempt = Assert.Single(await system.Worker.AttemptsAsync(id));
        Assert.Equal(("opportunistic", verification, problem), (attempt.TlsPolicy, attempt.TlsVerification, attempt.TlsProblem));
        Assert.Equal(encrypted, attempt.TlsVersion is not null);
    }

    [Theory]
    [InlineData(Certificate.Good, "pkix", null)]
    [InlineData(Certificate.Expired, null, "certificate-expired")]
    [InlineData(Certificate.WrongName, null, "certificate-host-mismatch")]
    [InlineData(Certificate.SelfSigned, null, "certificate-not-trusted")]
    public async Task Mail_that_requires_tls_takes_any_certificate(Certificate certificate, string? verification, string? problem)
    {
        await using var system = await TlsSystem.CreateAsync(certificate);
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync(message => message with { Tls = TlsRequirement.Required });

        await system.Worker.WhenAsync(id, MessageStatus.Sent);
        Assert.True(Assert.Single(system.Mx.Messages).Encrypted);
        var attempt = Assert.Single(await system.Worker.AttemptsAsync(id));
        Assert.Equal(("required", verification, problem), (attempt.TlsPolicy, attempt.TlsVerification, attempt.TlsProblem));
    }

    [Theory]
    [InlineData(Certificate.None, "4.7.4", "starttls-not-supported")]
    [InlineData(Certificate.Refused, "4.7.0", "starttls-not-supported")]
    [InlineData(Certificate.Broken, "4.7.5", "validation-failure")]
    public async Task Mail_that_requires_tls_waits_for_it(Certificate certificate, string code, string problem)
    {
        await using var system = await TlsSystem.CreateAsync(certificate);
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync(message => message with { Tls = TlsRequirement.Required });

        await system.Worker.WhenAsync(id, MessageStatus.Deferred);
        Assert.DoesNotContain(system.Mx.Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal));
        var attempt = Assert.Single(await system.Worker.AttemptsAsync(id));
        Assert.Equal(("tls_required", "starttls", code, problem), (attempt.Cause, attempt.Stage, attempt.EnhancedCode, attempt.TlsProblem));
        Assert.StartsWith("the sender asks for TLS, but ", attempt.Reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_domain_requires_holds_for_every_message_of_it()
    {
        await using var system = await TlsSystem.CreateAsync(Certificate.None);
        await system.Worker.ExecuteAsync("update domains set tls = 'required' where name = 'demo.test'");
        await system.Worker.StartWorkerAsync();

        var id = await system.Worker.AcceptAsync(message => message with { Tls = TlsRequirement.Opportunistic });

        await system.Worker.WhenAsync(id, MessageStatus.Deferred);
        Assert.Equal("tls_required", Assert.Single(await system.Worker.AttemptsAsync(id)).Cause);
    }

    [Fact]
    public async Task A_kept_connection_in_the_clear_carries_no_mail_that_requires_tls()
    {
        await using var system = await TlsSystem.CreateAsync(Certificate.None);
        await system.Worker.StartWorkerAsync();
        await system.Worker.WhenAsync(await system.Worker.AcceptAsync(), MessageStatus.Sent);

        var strict = await system.Worker.AcceptAsync(message => message with { Tls = TlsRequirement.Required });
        await system.Worker.WhenAsync(strict, MessageStatus.Deferred);
        var lax = await system.Worker.AcceptAsync();
        await system.Worker.WhenAsync(lax, MessageStatus.Sent);

        Assert.Equal(2, system.Mx.Messages.Count);
        // The kept one, and that of the strict message: the third message went over the first connection.
        Assert.Equal(2, system.Mx.Connections);
    }

    [Fact]
    public async Task One_message_that_requires_tls_does_not_suspend_the_destination_for_the_others()
    {
        await using var system = await TlsSystem.CreateAsync(Certificate.None);
        await system.Worker.StartWorkerAsync();
        foreach (var strict in await system.Worker.AcceptManyAsync(20, (_, message) => message with { Tls = TlsRequirement.Required }))
            await system.Worker.WhenAsync(strict, MessageStatus.Deferred);

        await system.Worker.WhenAsync(await system.Worker.AcceptAsync(), MessageStatus.Sent);

        Assert.Equal(0, await system.Worker.CountAsync("select count(*) from delivery_holds"));
    }

    [Fact]
    public async Task A_server_that_fails_at_tls_is_spared_the_handshake_for_a_while()
    {
        await using var system = await TlsSystem.CreateAsync(
            Certificate.Broken, settings: [("Mail:Connections:MessagesPerConnection", "1"), ("Mail:Connections:PerDestination", "1")]);
        await system.Worker.StartWorkerAsync();

        foreach (var _ in Enumerable.Range(0, 3))
            await system.Worker.WhenAsync(await system.Worker.AcceptAsync(), MessageStatus.Sent);

        Assert.Single(system.Mx.Commands, "STARTTLS");
        Assert.Equal(4, system.Mx.Connections);
    }

    [Fact]
    public async Task A_remembered_failure_is_no_excuse_where_tls_is_required()
    {
        await using var system = await TlsSystem.CreateAsync(Certificate.Broken);
        await system.Worker.StartWorkerAsync();
        await system.Worker.WhenAsync(await system.Worker.AcceptAsync(), MessageStatus.Sent);

        var strict = await system.Worker.AcceptAsync(message => message with { Tls = TlsRequirement.Required });

        await system.Worker.WhenAsync(strict, MessageStatus.Deferred);
        Assert.Equal(2, system.Mx.Commands.Count(command => command == "STARTTLS"));
        Assert.Single(system.Mx.Messages);
    }

    [Fact]
    public async Task Mail_that_requires_tls_fails_when_its_time_is_over()
    {
        await using var system = await TlsSystem.CreateAsync(Certificate.None);
        await system.Worker.StartWorkerAsync();

        // Time for a first attempt, and none for a second one.
        var id = await system.Worker.AcceptAsync(message => message with { Tls = TlsRequirement.Required, ExpiresIn = TimeSpan.FromSeconds(30) });

        await system.Worker.WhenAsync(id, MessageStatus.Failed);
        Assert.Equal("tls_required", (await system.Worker.AttemptsAsync(id))[0].Cause);
    }

    [Fact]
    public async Task Mail_of_test_keys_needs_no_tls_to_our_own_listener()
    {
        await using var system = await TlsSystem.CreateAsync(Certificate.None);
        await system.Worker.StartWorkerAsync(("Mail:Delivery:CaptureAddress", system.Mx.EndPoint.ToString()));

        var id = await system.Worker.AcceptAsync(
            message => message with { Tls = TlsRequirement.RequireTls }, Mail.Core.Organizations.SendingMode.Test);

        await system.Worker.WhenAsync(id, MessageStatus.Sent);
    }

    [Fact]
    public async Task A_relay_in_the_clear_carries_no_mail_that_requires_tls()
    {
        await using var system = await TlsSystem.CreateAsync(Certificate.None);
        await system.Worker.StartWorkerAsync(("Mail:Delivery:Mode", "smarthost"), ("Mail:Delivery:Smarthost", system.Mx.EndPoint.ToString()));

        var id = await system.Worker.AcceptAsync(message => message with { Tls = TlsRequirement.Required });

        await system.Worker.WhenAsync(id, MessageStatus.Deferred);
        Assert.Equal("tls_required", Assert.Single(await system.Worker.AttemptsAsync(id)).Cause);
    }
}
