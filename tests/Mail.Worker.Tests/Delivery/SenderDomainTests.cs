using Mail.Core.Messages;
using Mail.Core.Organizations;
using Mail.TestKit.Smtp;

namespace Mail.Worker.Tests.Delivery;

/// <summary>What the sender's domain does to its mail on the way out.</summary>
public sealed class SenderDomainTests
{
    private const string Verified = "update domains set return_path_verified = true, mail_from_subdomain = 'bounces' where name = 'demo.test'";

    [Fact]
    public async Task Mail_leaves_with_the_return_path_of_its_domain_while_that_is_verified()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        await system.ExecuteAsync(Verified);
        await system.StartWorkerAsync();

        await system.WhenAsync(await system.AcceptAsync(), MessageStatus.Sent);

        Assert.Matches("^<b\\+[0-9a-z]+@bounces\\.demo\\.test>", sink.Messages.Single().ReversePath);
    }

    [Fact]
    public async Task Mail_leaves_with_the_return_path_of_the_installation_otherwise()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        await system.StartWorkerAsync();

        await system.WhenAsync(await system.AcceptAsync(), MessageStatus.Sent);

        Assert.Matches("^<b\\+[0-9a-z]+@bounce\\.mail\\.localhost>", sink.Messages.Single().ReversePath);
    }

    [Fact]
    public async Task Mail_of_test_keys_keeps_the_return_path_of_the_installation()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(settings: ("Mail:Delivery:CaptureAddress", sink.EndPoint.ToString()));
        await system.ExecuteAsync(Verified);
        await system.StartWorkerAsync();

        await system.WhenAsync(await system.AcceptAsync(mode: SendingMode.Test), MessageStatus.Sent);

        Assert.Matches("@bounce\\.mail\\.localhost>", sink.Messages.Single().ReversePath);
    }

    [Fact]
    public async Task Mail_of_a_deleted_domain_is_given_up_at_its_third_attempt()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        var early = await system.AcceptAsync();
        var late = await system.AcceptAsync();
        await system.ExecuteAsync("delete from domains where name = 'demo.test'");
        await system.ExecuteAsync($"update delivery_queue set attempts = 2 where message_id = '{late.Value}'");
        await system.StartWorkerAsync();

        await system.WhenAsync(early, MessageStatus.Deferred);
        var failed = await system.WhenAsync(late, MessageStatus.Failed);

        Assert.Contains("deleted", failed.Recipients.Single().Reply, StringComparison.Ordinal);
        Assert.Empty(sink.Messages);
    }

    [Fact]
    public async Task Mail_of_a_disabled_domain_waits()
    {
        await using var sink = ScriptedSmtpServer.Start();
        await using var system = await WorkerSystem.CreateAsync(sink.EndPoint);
        var id = await system.AcceptAsync();
        await system.ExecuteAsync("update domains set status = 'disabled', disabled_reason = 'operator' where name = 'demo.test'");
        await system.StartWorkerAsync();

        await system.WhenAsync(id, MessageStatus.Deferred);

        Assert.Empty(sink.Messages);
    }
}
