using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>Arguments of RCPT: RFC 5321 §4.1.1.3, RFC 3461 §4.1 and §4.2.</summary>
internal static class SmtpRcptParser
{
    public static SmtpCommand Parse(ReadOnlySpan<byte> arguments)
    {
        if (arguments.Length < 3 || !Ascii.EqualsIgnoreCase(arguments[..3], "TO:"u8))
            return Invalid(SmtpReplies.InvalidArguments);
        // RFC 5321 §3.3 has no space here, but clients send one.
        arguments = arguments[3..].TrimStart((byte)' ');
        var length = SmtpPathParser.TryParsePath(arguments, out var path);
        if (length == 0 || path.IsNull)
            return Invalid(SmtpReplies.InvalidRecipient);
        return ParseParameters(new SmtpCommand.Rcpt(path), arguments[length..]);
    }

    private static SmtpCommand ParseParameters(SmtpCommand.Rcpt rcpt, ReadOnlySpan<byte> text)
    {
        var parameters = new SmtpParameters(text);
        while (parameters.MoveNext())
        {
            switch (parameters.Keyword)
            {
                case "NOTIFY" when rcpt.Notify == DsnNotify.Unspecified && NotifyOf(parameters.Value) is { } notify:
                    rcpt = rcpt with { Notify = notify };
                    break;
                case "ORCPT" when rcpt.OriginalRecipient is null && OriginalOf(parameters.Value) is { } original:
                    rcpt = rcpt with { OriginalRecipient = original };
                    break;
                case "NOTIFY" or "ORCPT":
                    return Invalid(SmtpReplies.InvalidArguments);
                default:
                    return Invalid(SmtpReplies.UnknownParameter);
            }
        }
        return parameters.IsMalformed ? Invalid(SmtpReplies.InvalidArguments) : rcpt;
    }

    // RFC 3461 §4.1: NEVER, or a list of the others.
    private static DsnNotify? NotifyOf(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "NEVER"u8))
            return DsnNotify.Never;
        var notify = DsnNotify.Unspecified;
        foreach (var range in value.Split((byte)','))
        {
            var word = value[range];
            var flag = Ascii.EqualsIgnoreCase(word, "SUCCESS"u8) ? DsnNotify.Success
                : Ascii.EqualsIgnoreCase(word, "FAILURE"u8) ? DsnNotify.Failure
                : Ascii.EqualsIgnoreCase(word, "DELAY"u8) ? DsnNotify.Delay
                : DsnNotify.Unspecified;
            if (flag == DsnNotify.Unspecified)
                return null;
            notify |= flag;
        }
        return notify;
    }

    // RFC 3461 §4.2: addr-type ";" xtext; RFC 6533 §3 adds the utf-8 type, kept as it is.
    private static string? OriginalOf(ReadOnlySpan<byte> value)
    {
        var semicolon = value.IndexOf((byte)';');
        if (semicolon <= 0 || value.Length > SmtpLimits.MaxOriginalRecipientOctets)
            return null;
        var type = value[..semicolon];
        if (type.ContainsAnyExcept(SmtpCharacters.Keyword))
            return null;
        var address = value[(semicolon + 1)..];
        var decoded = Ascii.EqualsIgnoreCase(type, "utf-8"u8) ? Encoding.UTF8.GetString(address) : SmtpXtext.Decode(address);
        return string.IsNullOrEmpty(decoded) ? null : $"{Encoding.ASCII.GetString(type)};{decoded}";
    }

    private static SmtpCommand.Invalid Invalid(SmtpReply reply) => new(SmtpVerb.Rcpt, reply);
}
