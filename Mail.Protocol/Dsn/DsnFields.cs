using System.Globalization;
using System.Text;
using Mail.Protocol.Bounces;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Dsn;

/// <summary>Reads the fields of <c>message/delivery-status</c> (RFC 3464 §2.1).</summary>
internal static class DsnFields
{
    private const int MaxGroups = 1001, MaxFields = 100;

    public static DsnReport Read(ReadOnlyMemory<byte> content)
    {
        var groups = Groups(content).Take(MaxGroups).ToList();
        return new DsnReport
        {
            Dialect = "rfc3464",
            Recipients = [.. groups.Select(ReadRecipient).OfType<DsnRecipient>()],
            ReportingMta = First(groups, "Reporting-MTA") is { } reporting ? WithoutType(reporting) : null,
            ReceivedFromMta = First(groups, "Received-From-MTA") is { } received ? WithoutType(received) : null,
            OriginalEnvelopeId = First(groups, "Original-Envelope-Id"),
            ArrivalDate = Moment(First(groups, "Arrival-Date")),
        };
    }

    /// <summary>Splits at empty lines; lines of blanks count as empty, because encodings add them.</summary>
    private static IEnumerable<MimeHeaders> Groups(ReadOnlyMemory<byte> content)
    {
        var start = 0;
        for (var at = 0; at < content.Length;)
        {
            var line = LineAt(content.Span, at, out var next);
            if (line.IsEmpty)
            {
                if (at > start)
                    yield return MimeHeaders.Parse(content[start..at], MaxFields, out _);
                start = next;
            }

            at = next;
        }

        if (start < content.Length)
            yield return MimeHeaders.Parse(content[start..], MaxFields, out _);
    }

    private static ReadOnlySpan<byte> LineAt(ReadOnlySpan<byte> content, int at, out int next)
    {
        var lf = content[at..].IndexOf((byte)'\n');
        next = lf < 0 ? content.Length : at + lf + 1;
        return content[at..next].Trim(" \t\r\n"u8);
    }

    /// <summary>Whatever group names a recipient is one: some servers leave out the empty line behind the first group.</summary>
    private static DsnRecipient? ReadRecipient(MimeHeaders group)
    {
        var final = Address(group.Find("Final-Recipient")?.Unfolded);
        var original = Address((group.Find("Original-Recipient") ?? group.Find("X-Actual-Recipient"))?.Unfolded);
        if ((final ?? original) is not { } address)
            return null;

        var diagnostic = group.Find("Diagnostic-Code") is { } field ? WithoutType(field.Unfolded) : null;
        var codes = ReplyCodes.Find(diagnostic);
        var status = ReplyCodes.EnhancedAt(group.Find("Status")?.Unfolded) ?? codes.Enhanced ?? "";
        return new DsnRecipient(address, Action(group.Find("Action")?.Unfolded, status, codes.Code), status)
        {
            OriginalRecipient = original,
            RemoteMta = group.Find("Remote-MTA") is { } remote ? WithoutType(remote.Unfolded) : null,
            Diagnostic = diagnostic,
            SmtpCode = codes.Code,
            LastAttempt = Moment(group.Find("Last-Attempt-Date")?.Unfolded),
            WillRetryUntil = Moment(group.Find("Will-Retry-Until")?.Unfolded),
        };
    }

    // RFC 3464 §2.3.3; a missing or unknown word is taken from the class of the status.
    private static DsnAction Action(string? word, string status, int? code)
    {
        var end = word.AsSpan().IndexOfAnyExceptInRange('A', 'z');
        return (end < 0 ? word : word![..end])?.ToLowerInvariant() switch
        {
            "failed" or "failure" or "fail" => DsnAction.Failed,
            "delayed" or "delay" => DsnAction.Delayed,
            "delivered" => DsnAction.Delivered,
            "relayed" => DsnAction.Relayed,
            "expanded" => DsnAction.Expanded,
            _ => status is ['4', ..] || (status.Length == 0 && code is >= 400 and < 500) ? DsnAction.Delayed
                : status is ['2', ..] ? DsnAction.Delivered : DsnAction.Failed,
        };
    }

    private static string? First(List<MimeHeaders> groups, string name) =>
        groups.Select(group => group.Find(name)?.Unfolded).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));

    /// <summary>RFC 3464 §2.1.2: "type; value". Some leave the type out.</summary>
    private static string WithoutType(string value)
    {
        var semicolon = value.IndexOf(';');
        var isType = semicolon > 0 && value.AsSpan(0, semicolon).IndexOfAny(" @<:") < 0;
        return (isType ? value[(semicolon + 1)..] : value).Trim();
    }

    private static string? Address(string? value)
    {
        if (value is null)
            return null;
        var isUtf8 = value.StartsWith("utf-8", StringComparison.OrdinalIgnoreCase);
        var address = WithoutType(value).Trim('<', '>', ' ', '\t');
        return address.Length is 0 or > 1000 ? null : isUtf8 ? DecodeUnicode(address) : address;
    }

    /// <summary>RFC 6533 §3: <c>\x{HEX}</c> stands for a character.</summary>
    private static string DecodeUnicode(string address)
    {
        var text = new StringBuilder(address.Length);
        for (var i = 0; i < address.Length;)
        {
            var end = address.AsSpan(i).StartsWith("\\x{") ? address.IndexOf('}', i) : -1;
            if (end > 0 && end - i <= 10 && int.TryParse(address.AsSpan(i + 3, end - i - 3), NumberStyles.HexNumber, null, out var rune) && Rune.IsValid(rune))
            {
                text.Append(new Rune(rune).ToString());
                i = end + 1;
            }
            else
            {
                text.Append(address[i++]);
            }
        }

        return text.ToString();
    }

    private static DateTimeOffset? Moment(string? value) => value is not null && DateField.TryParse(value, out var moment) ? moment : null;
}
