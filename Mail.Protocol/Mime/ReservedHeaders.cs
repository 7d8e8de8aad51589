using System.Collections.Frozen;

namespace Mail.Protocol.Mime;

/// <summary>
/// Header names that a client of the product may not set: fields the message model already has, what describes the MIME structure,
/// and what only the transport or a signer may say.
/// </summary>
public static class ReservedHeaders
{
    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(
    [
        // RFC 5322 §3.6: have their own members, or must be unique
        "From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Subject", "Date", "Message-ID",
        // Trace and transport: RFC 5322 §3.6.7, RFC 5321 §4.4, RFC 8601 §5
        "Return-Path", "Received", "Received-SPF", "Delivered-To", "X-Original-To", "Authentication-Results",
        "X-Envelope-From", "X-Envelope-To", "Envelope-To",
        // Resent fields are prepended by a resender: RFC 5322 §3.6.6
        "Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc", "Resent-Bcc", "Resent-Date", "Resent-Message-ID", "Resent-Reply-To",
        // Signatures: RFC 6376, RFC 8617, RFC 4870
        "DKIM-Signature", "DomainKey-Signature", "ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results",
        // Structure: RFC 2045
        "MIME-Version",
    ], StringComparer.OrdinalIgnoreCase);

    /// <summary>True when a client may not set this field; every <c>Content-…</c> field is among them.</summary>
    public static bool Contains(string name) =>
        Names.Contains(name.Trim()) || name.AsSpan().Trim().StartsWith("Content-", StringComparison.OrdinalIgnoreCase);

    /// <summary>All names, without the <c>Content-…</c> fields.</summary>
    public static IReadOnlyCollection<string> All => Names;
}
