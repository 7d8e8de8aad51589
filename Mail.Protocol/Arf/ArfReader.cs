using System.Globalization;
using Mail.Protocol.Dsn;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Arf;

/// <summary>Reads feedback reports (RFC 5965) and the forwarded complaints of providers that write none.</summary>
public static class ArfReader
{
    private const int MaxReportBytes = 1024 * 1024, MaxValues = 1000;

    /// <summary>The report, or null when the message is none. Content alone proves nothing: anybody can write such a message.</summary>
    public static ArfReport? Read(MimeMessage message)
    {
        if (MimeParts.Find(message.Root, part => part.ContentType.MediaType == "message/feedback-report") is { } part)
            return ReadFields(message, part);
        return IsForwardedComplaint(message) ? ForwardedComplaint(message) : null;
    }

    private static ArfReport ReadFields(MimeMessage message, MimeEntity part)
    {
        var fields = ReturnedMessage.Parse(part.ReadContent(MaxReportBytes));
        var incidents = fields?.Find("Incidents")?.Unfolded;
        return new ArfReport
        {
            Type = TypeOf(fields?.Find("Feedback-Type")?.Unfolded),
            Dialect = "rfc5965",
            UserAgent = Value(fields, "User-Agent"),
            OriginalMailFrom = Address(Value(fields, "Original-Mail-From")),
            OriginalRecipients = [.. Values(fields, "Original-Rcpt-To").Select(Address).OfType<string>()],
            ReportedDomains = [.. Values(fields, "Reported-Domain")],
            SourceIp = Value(fields, "Source-IP"),
            ArrivalDate = Moment(Value(fields, "Arrival-Date") ?? Value(fields, "Received-Date")),
            Incidents = int.TryParse(incidents, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : 1,
            OriginalHeaders = ReturnedMessage.HeadersIn(message.Root),
        };
    }

    /// <summary>Outlook.com (JMRP) sends the message itself, within one of its own that names the recipient in X-HmXmrOriginalRecipient.</summary>
    private static bool IsForwardedComplaint(MimeMessage message) =>
        message.Headers.Find("X-HmXmrOriginalRecipient") is not null
        || (message.From.Mailboxes.Any(mailbox => mailbox.Address.AsciiDomain is "hotmail.com" or "outlook.com"
                && mailbox.Address.LocalPart.StartsWith("staff", StringComparison.OrdinalIgnoreCase))
            && ReturnedMessage.HeadersIn(message.Root) is not null);

    private static ArfReport ForwardedComplaint(MimeMessage message)
    {
        var original = ReturnedMessage.HeadersIn(message.Root);
        var recipient = Value(message.Headers, "X-HmXmrOriginalRecipient") ?? Value(original, "X-HmXmrOriginalRecipient");
        return new ArfReport
        {
            Type = FeedbackType.Abuse,
            Dialect = "jmrp",
            OriginalRecipients = Address(recipient) is { } address ? [address] : [],
            SourceIp = Value(original, "X-Originating-IP")?.Trim('[', ']'),
            ArrivalDate = Moment(Value(original, "Date")),
            OriginalHeaders = original ?? message.Headers,
        };
    }

    private static FeedbackType TypeOf(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        "abuse" or "complaint" or null => FeedbackType.Abuse,
        "fraud" => FeedbackType.Fraud,
        "virus" => FeedbackType.Virus,
        // RFC 6591 §3.1
        "auth-failure" => FeedbackType.AuthFailure,
        "not-spam" => FeedbackType.NotSpam,
        "opt-out" or "opt-out-list" => FeedbackType.OptOut,
        _ => FeedbackType.Other,
    };

    private static IEnumerable<string> Values(MimeHeaders? fields, string name) =>
        fields?.FindAll(name).Select(field => field.Unfolded.Trim()).Where(value => value.Length > 0).Take(MaxValues) ?? [];

    private static string? Value(MimeHeaders? fields, string name) => Values(fields, name).FirstOrDefault();

    /// <summary>"&lt;a@b&gt;", "a@b" or "rfc822; a@b"; null for what was removed or replaced by something else.</summary>
    private static string? Address(string? value)
    {
        var address = value?[(value.LastIndexOf(';') + 1)..].Trim().Trim('<', '>');
        return address is { Length: > 0 and <= 1000 } && address.Contains('@') ? address : null;
    }

    private static DateTimeOffset? Moment(string? value) => value is not null && DateField.TryParse(value, out var moment) ? moment : null;
}
