using Mail.Protocol.Smtp;

namespace Mail.Worker.Delivery;

/// <summary>
/// The content of a message whose final dot is sent only when there is room for one more unrecorded outcome, and while its lease stands.
/// A process that was stopped for longer than that, by an operator, a debugger or a busy host, goes on where it was; another has the
/// item by then, and the dot would make a second mail of it.
/// </summary>
internal sealed class LeasedContent(ISmtpContent content, HeldItem item, Recorder recorder, Func<bool> isLeased) : ISmtpContent
{
    public long? Length => content.Length;

    public async ValueTask WriteToAsync(Stream destination, CancellationToken cancellationToken)
    {
        await content.WriteToAsync(destination, cancellationToken);
        await recorder.EnterAsync(item, cancellationToken);
        if (isLeased())
            return;
        item.Cut();
        // Not left to the token: while another thread cuts the item too, it may not have come to the connection.
        throw new OperationCanceledException(item.WhenCut);
    }
}
