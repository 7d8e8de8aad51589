using Mail.Core.Bounces;
using Mail.Core.Domains;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Core.Tls;
using Mail.Protocol.Smtp;
using Mail.Worker.Pools;
using Mail.Worker.Shaping;
using Mail.Worker.Tls;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>Hands one message to one of its servers: over a kept connection when there is one, else from server to server.</summary>
internal sealed class DeliveryTransaction(SmtpConnector connector, ConnectionOpening opening, BadHosts badHosts, ReturnPath returnPath, IOptions<MailHostOptions> host)
{
    private const string TraceKeyword = "XTRACE";
    private const int ServiceClosing = 421;
    private const int PolicySubject = 7;

    public async Task<Attempt> RunAsync(RoutedItem routed, BuiltMessage message, ISmtpContent content, Destination destination)
    {
        var (item, route) = routed;
        var envelope = EnvelopeOf(item, message, route.Relay);
        var connections = destination.Connections;
        if (connections.TakeIdle(badHosts.GoodFirst(route.Targets), route.Relay, message.Tls) is { } kept)
        {
            var result = await SendAsync(kept, envelope, content, item, connections);
            // The server may have closed the connection while it was idle, or have had enough of it: that says nothing about the message.
            if (!IsStale(result) && !MayDoBetter(result))
                return Told(result, kept.Peer.Under(TlsTerms.Of(kept.Target, route.Relay, message.Tls).Policy));
        }
        return await TryEachAsync(route, envelope, message.Tls, content, item, destination);
    }

    private async Task<Attempt> TryEachAsync(
        DeliveryRoute.Servers route, SmtpEnvelope envelope, TlsRequirement required, ISmtpContent content, HeldItem item, Destination destination)
    {
        Attempt? failed = null;
        foreach (var target in badHosts.GoodFirst(route.Targets))
        {
            await opening.WaitAsync(destination.Shape, item.WhenCut);
            var terms = TlsTerms.Of(target, route.Relay, required);
            switch (await connector.ConnectAsync(target, route, terms, item.Transcript, item.WhenCut))
            {
                case ConnectOutcome.Connected(var connection):
                    badHosts.Worked(target);
                    var result = await SendAsync(connection, envelope, content, item, destination.Connections);
                    failed = Told(result, connection.Peer);
                    if (!MayDoBetter(result))
                        return failed;
                    break;
                case ConnectOutcome.Failed(var failure, var problem):
                    var verdict = terms.Explain(failure);
                    if (failure.Cause != SmtpCause.Cancelled && !verdict.IsTlsPolicy)
                        badHosts.Failed(target);
                    failed = failure.Cause == SmtpCause.Cancelled
                        ? new Attempt.Abandoned()
                        : Attempt.Ended.ForAll(item.Recipients.Count, verdict, PeerOf(target) with { TlsPolicy = terms.Policy, TlsProblem = problem });
                    break;
            }
            if (failed is Attempt.Abandoned)
                return failed;
        }
        return failed ?? throw new InvalidOperationException("A route without servers.");
    }

    private static async Task<SmtpTransactionResult> SendAsync(
        PooledConnection connection, SmtpEnvelope envelope, ISmtpContent content, HeldItem item, ConnectionPool connections)
    {
        using var span = WorkerTracing.StartTransaction(connection);
        connection.Smtp.Transcript = item.Transcript;
        try
        {
            var result = await connection.Smtp.SendAsync(Traced(envelope, item), content, item.WhenCut);
            WorkerTracing.EndTransaction(span, result);
            return result;
        }
        finally
        {
            connection.Smtp.Transcript = null;
            connections.Return(connection);
        }
    }

    private static Attempt Told(SmtpTransactionResult result, Peer peer) =>
        result.Failure is { Cause: SmtpCause.Cancelled, IsAmbiguous: false }
            ? new Attempt.Abandoned()
            : new Attempt.Ended([.. result.Recipients.Select(recipient => ReplyClassifier.Of(recipient, result.Failure))], peer);

    private static bool IsStale(SmtpTransactionResult result) =>
        result.Failure is { IsAmbiguous: false } failure
        && ((failure.Cause == SmtpCause.ConnectionLost && !IsDecided(result)) || failure.Reply?.Code == ServiceClosing);

    // RFC 5321 §5.1: the next server may do better where this one failed, but not where it decided.
    private static bool MayDoBetter(SmtpTransactionResult result) => result.Failure switch
    {
        null or { IsAmbiguous: true } or { Cause: SmtpCause.Cancelled } => false,
        { Stage: SmtpStage.Reset } => true,
        { Cause: SmtpCause.Refused, Reply: var reply } => IsAboutItself(reply),
        var failure => failure.IsTransient && !IsDecided(result),
    };

    // RFC 5321 §3.8: 421 is a host that is going down. RFC 3463 §3.8: with x.7.x it is one that does not like us, as the next will not.
    private static bool IsAboutItself(SmtpReply? reply) => reply is { Code: ServiceClosing, EnhancedCode: not { Subject: PolicySubject } };

    // A server that hangs up behind its last "no" has said it all the same.
    private static bool IsDecided(SmtpTransactionResult result) =>
        result.Recipients.All(recipient => recipient.Reply is { IsPermanent: true });

    private SmtpEnvelope EnvelopeOf(HeldItem item, BuiltMessage message, RelayOptions? relay)
    {
        // A bounce of a message to several recipients cannot tell by its return path which of them it is about.
        short? recipient = item.Recipients is [var only] ? only.Ordinal : null;
        return new SmtpEnvelope
        {
            ReturnPath = SmtpPath.Parse($"{returnPath.Write(item.Job.Message, recipient)}@{HostOf(item.Job, message)}"),
            Recipients = [.. item.Recipients.Select(to => new SmtpRecipient(SmtpPath.Parse(to.Address)))],
            Utf8 = message.NeedsUtf8,
            RequireTls = message.Tls == TlsRequirement.RequireTls && relay is not { IsOwnListener: true },
        };
    }

    // Mail of test keys only ever comes to our own listener.
    private string HostOf(DeliveryJob job, BuiltMessage message) =>
        job.Mode == SendingMode.Live && message.ReturnPathHost is { } own ? own : host.Value.BounceDomain;

    // Only our own listeners offer XTRACE; to others the parameter is not sent.
    private static SmtpEnvelope Traced(SmtpEnvelope envelope, HeldItem item) =>
        (System.Diagnostics.Activity.Current?.Id ?? item.Job.TraceParent) is { } trace
            ? envelope with { MailParameters = [new SmtpParameter(TraceKeyword, trace)] }
            : envelope;

    private static Peer PeerOf(Target target) =>
        new(target.Host, (target.EndPoint as System.Net.IPEndPoint)?.Address.ToString(), null, null);
}
