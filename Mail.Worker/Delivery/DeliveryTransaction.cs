using Mail.Core.Bounces;
using Mail.Core.Domains;
using Mail.Core.Organizations;
using Mail.Core.Queue;
using Mail.Protocol.Smtp;
using Mail.Worker.Pools;
using Mail.Worker.Shaping;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Delivery;

/// <summary>Hands one message to one of its servers: over a kept connection when there is one, else from server to server.</summary>
internal sealed class DeliveryTransaction(SmtpConnector connector, ConnectionOpening opening, BadHosts badHosts, ReturnPath returnPath, IOptions<MailHostOptions> host)
{
    private const string TraceKeyword = "XTRACE";
    private const int ServiceClosing = 421;

    public async Task<Attempt> RunAsync(RoutedItem routed, BuiltMessage message, Destination destination)
    {
        var (item, route) = routed;
        var envelope = EnvelopeOf(item, message);
        var connections = destination.Connections;
        if (connections.TakeIdle(badHosts.GoodFirst(route.Targets)) is { } kept)
        {
            var result = await SendAsync(kept, envelope, message, item, connections);
            // The server may have closed the connection while it was idle, or have had enough of it: that says nothing about the message.
            if (!IsStale(result))
                return Told(result, kept.Peer);
        }
        return await TryEachAsync(route, envelope, message, item, destination);
    }

    private async Task<Attempt> TryEachAsync(
        DeliveryRoute.Servers route, SmtpEnvelope envelope, BuiltMessage message, HeldItem item, Destination destination)
    {
        Attempt? failed = null;
        foreach (var target in badHosts.GoodFirst(route.Targets))
        {
            await opening.WaitAsync(destination.Shape, item.WhenCut);
            switch (await connector.ConnectAsync(target, route, item.Transcript, item.WhenCut))
            {
                case SmtpConnectResult.Connected(var smtp):
                    badHosts.Worked(target);
                    var connection = new PooledConnection(smtp, target);
                    var result = await SendAsync(connection, envelope, message, item, destination.Connections);
                    failed = Told(result, connection.Peer);
                    // The next server may do better where this one failed, but not where it decided.
                    if (result.Failure is not { IsAmbiguous: false, IsTransient: true, Cause: not SmtpCause.Refused })
                        return failed;
                    break;
                case SmtpConnectResult.Failed(var failure):
                    if (failure.Cause != SmtpCause.Cancelled)
                        badHosts.Failed(target);
                    failed = failure.Cause == SmtpCause.Cancelled
                        ? new Attempt.Abandoned()
                        : Attempt.Ended.ForAll(item.Recipients.Count, ReplyClassifier.Of(failure), PeerOf(target));
                    break;
            }
            if (failed is Attempt.Abandoned)
                return failed;
        }
        return failed ?? throw new InvalidOperationException("A route without servers.");
    }

    private static async Task<SmtpTransactionResult> SendAsync(
        PooledConnection connection, SmtpEnvelope envelope, BuiltMessage message, HeldItem item, ConnectionPool connections)
    {
        using var span = WorkerTracing.StartTransaction(connection);
        connection.Smtp.Transcript = item.Transcript;
        try
        {
            var result = await connection.Smtp.SendAsync(Traced(envelope, item), message.Octets, item.WhenCut);
            WorkerTracing.EndTransaction(span, result);
            return result;
        }
        finally
        {
            connection.Smtp.Transcript = null;
            await connections.ReturnAsync(connection);
        }
    }

    private static Attempt Told(SmtpTransactionResult result, Peer peer) =>
        result.Failure is { Cause: SmtpCause.Cancelled, IsAmbiguous: false }
            ? new Attempt.Abandoned()
            : new Attempt.Ended([.. result.Recipients.Select(recipient => ReplyClassifier.Of(recipient, result.Failure))], peer);

    private static bool IsStale(SmtpTransactionResult result) =>
        result.Failure is { IsAmbiguous: false } failure
        && (failure.Cause == SmtpCause.ConnectionLost || failure.Reply?.Code == ServiceClosing);

    private SmtpEnvelope EnvelopeOf(HeldItem item, BuiltMessage message)
    {
        // A bounce of a message to several recipients cannot tell by its return path which of them it is about.
        short? recipient = item.Recipients is [var only] ? only.Ordinal : null;
        return new SmtpEnvelope
        {
            ReturnPath = SmtpPath.Parse($"{returnPath.Write(item.Job.Message, recipient)}@{HostOf(item.Job, message)}"),
            Recipients = [.. item.Recipients.Select(to => new SmtpRecipient(SmtpPath.Parse(to.Address)))],
            Utf8 = message.NeedsUtf8,
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
