using System.Buffers;
using Mail.Core.Tls;

namespace Mail.Worker.Delivery;

/// <summary>A signed message as octets: signatures in front, then what was signed. Disposing gives the buffer back.</summary>
internal sealed class BuiltMessage(IReadOnlyList<byte[]> signatures, PooledBuffer message, bool needsUtf8) : IDisposable
{
    /// <summary>A header has an address that only SMTPUTF8 can carry.</summary>
    public bool NeedsUtf8 => needsUtf8;

    /// <summary>The host of the sender's own return path; null for that of the installation.</summary>
    public string? ReturnPathHost { get; init; }

    /// <summary>How much TLS it needs on its way.</summary>
    public TlsRequirement Tls { get; init; }

    public ReadOnlySequence<byte> Octets { get; } = Join(signatures, message.Written);

    public void Dispose() => message.Dispose();

    private static ReadOnlySequence<byte> Join(IReadOnlyList<byte[]> signatures, ReadOnlySequence<byte> message)
    {
        if (signatures.Count == 0)
            return message;
        var first = new BufferSegment(signatures[0]);
        var last = first;
        foreach (var signature in signatures.Skip(1))
            last = last.Append(signature);
        foreach (var piece in message)
            last = last.Append(piece);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}

internal abstract record BuildOutcome
{
    private BuildOutcome()
    {
    }

    public sealed record Built(BuiltMessage Message) : BuildOutcome;

    public sealed record NotBuilt(Verdict Verdict) : BuildOutcome;
}
