using Mail.Core.Messages;
using Microsoft.Extensions.Options;

namespace Mail.Core.Sandbox;

/// <summary>Which addresses are of the sandbox. What goes there is no business of billing, limits and reputation.</summary>
public sealed class SandboxDomain(IOptions<SandboxOptions> options)
{
    private readonly string _name = options.Value.Domain.ToLowerInvariant();

    public string Name => _name;

    public bool IsOn => _name.Length > 0;

    /// <param name="domain">In A-labels.</param>
    public bool Is(string domain) => IsOn && domain.Equals(_name, StringComparison.OrdinalIgnoreCase);

    public bool HasAddress(string address) => IsOn && Is(address[(address.LastIndexOf('@') + 1)..]);

    /// <summary>The message with its recipients in the sandbox marked.</summary>
    internal OutgoingMessage Mark(OutgoingMessage message) =>
        IsOn && message.Recipients.Any(recipient => Is(recipient.Mailbox.Address.AsciiDomain))
            ? message with
            {
                Recipients = [.. message.Recipients.Select(recipient => recipient with { IsSandbox = Is(recipient.Mailbox.Address.AsciiDomain) })],
            }
            : message;
}
