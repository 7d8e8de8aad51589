using Mail.Protocol.Smtp;

namespace Mail.Worker.Delivery;

/// <summary>
/// The content of a message that ends only while its lease stands. A process that was stopped for longer than that, by an operator, a
/// debugger or a busy host, goes on where it was; another has the item by then, and the final dot would make a second mail of it.
/// </summary>
internal sealed class LeasedContent(ISmtpContent content, HeldItem item, Func<bool> isLeased) : ISmtpContent
{
    public long? Length => content.Length;

    public async ValueTask WriteToAsync(Stream destination, CancellationToken cancellationToken)
    {
        await content.WriteToAsync(destination, cancellationToken);
        if (isLeased())
            return;
        item.Cut();
        cancellationToken.ThrowIfCancellationRequested();
    }
}
