using Mail.Protocol.Mime;

namespace Mail.Protocol.Tests;

/// <summary>Touches everything a reader of a mail can ask for.</summary>
internal static class MimeProbe
{
    internal static long ReadAll(MimeMessage mail, int depth = 0)
    {
        foreach (var field in mail.Headers) _ = field.Decoded;
        long sum = mail.From.Items.Count + mail.To.Items.Count + (mail.Subject?.Length ?? 0) + (mail.Date?.Ticks ?? 0) + (mail.MessageId?.Length ?? 0);
        sum += (mail.Text?.Length ?? 0) + (mail.Html?.Length ?? 0) + mail.References.Count + mail.InReplyTo.Count;
        foreach (var attachment in mail.Attachments)
        {
            sum += (attachment.FileName?.Length ?? 0) + attachment.ReadContent(1 << 20).Length;
            if (depth < 3 && attachment.Part?.OpenMessage() is { } inner) sum += ReadAll(inner, depth + 1);
        }
        return sum;
    }
}
