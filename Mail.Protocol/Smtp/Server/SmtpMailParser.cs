using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>Arguments of MAIL: RFC 5321 §4.1.1.2 and the extensions' parameters.</summary>
internal static class SmtpMailParser
{
    public static SmtpCommand Parse(ReadOnlySpan<byte> arguments, IReadOnlySet<string>? allowed)
    {
        if (arguments.Length < 5 || !Ascii.EqualsIgnoreCase(arguments[..5], "FROM:"u8))
            return Invalid(SmtpReplies.InvalidArguments);
        // RFC 5321 §3.3 has no space here, but clients send one.
        arguments = arguments[5..].TrimStart((byte)' ');
        var length = SmtpPathParser.TryParsePath(arguments, out var path);
        if (length == 0 || ReferenceEquals(path, SmtpPath.Postmaster))
            return Invalid(SmtpReplies.InvalidSender);
        return ParseParameters(new SmtpCommand.Mail(path), arguments[length..], allowed);
    }

    private static SmtpCommand ParseParameters(SmtpCommand.Mail mail, ReadOnlySpan<byte> text, IReadOnlySet<string>? allowed)
    {
        if (text.IsEmpty)
            return Checked(mail);
        var seen = new List<string>(4); // at most SmtpLimits.MaxParameters
        List<SmtpParameter>? others = null;
        var parameters = new SmtpParameters(text);
        while (parameters.MoveNext())
        {
            if (seen.Contains(parameters.Keyword))
                return Invalid(SmtpReplies.InvalidArguments);
            seen.Add(parameters.Keyword);
            if (allowed?.Contains(parameters.Keyword) == true)
            {
                var value = parameters.HasValue ? Encoding.UTF8.GetString(parameters.Value) : null;
                (others ??= []).Add(new SmtpParameter(parameters.Keyword, value));
                continue;
            }
            if (!IsKnown(parameters.Keyword))
                return Invalid(SmtpReplies.UnknownParameter);
            if (Apply(mail, parameters) is not { } next)
                return Invalid(SmtpReplies.InvalidArguments);
            mail = next;
        }
        if (parameters.IsMalformed)
            return Invalid(SmtpReplies.InvalidArguments);
        return Checked(others is null ? mail : mail with { Parameters = others });
    }

    // RFC 6531 §3.5: an internationalized path without SMTPUTF8.
    private static SmtpCommand Checked(SmtpCommand.Mail mail) =>
        mail.ReversePath.RequiresSmtpUtf8 && !mail.Utf8 ? Invalid(SmtpReplies.Utf8NotRequested) : mail;

    private static bool IsKnown(string keyword) =>
        keyword is "SIZE" or "BODY" or "SMTPUTF8" or "RET" or "ENVID" or "AUTH" or "REQUIRETLS";

    private static SmtpCommand.Mail? Apply(SmtpCommand.Mail mail, SmtpParameters parameter)
    {
        var value = parameter.Value;
        switch (parameter.Keyword)
        {
            case "SIZE": // RFC 1870 §4
                return SmtpCommandParser.TryParseNumber(value, out var size) ? mail with { Size = size } : null;
            case "BODY":
                return BodyOf(value) is { } body ? mail with { Body = body } : null;
            case "SMTPUTF8": // RFC 6531 §3.4: without a value
                return parameter.HasValue ? null : mail with { Utf8 = true };
            case "REQUIRETLS": // RFC 8689 §2
                return parameter.HasValue ? null : mail with { RequireTls = true };
            case "RET": // RFC 3461 §4.3
                return ReturnOf(value) is { } returns ? mail with { Return = returns } : null;
            case "ENVID": // RFC 3461 §4.4
                return value.Length is > 0 and <= SmtpLimits.MaxEnvelopeIdOctets && SmtpXtext.Decode(value) is { } id
                    ? mail with { EnvelopeId = id }
                    : null;
            default: // AUTH: RFC 4954 §5
                return value.Length > 0 && SmtpXtext.Decode(value) is { } auth ? mail with { Submitter = auth } : null;
        }
    }

    // RFC 6152 §2, RFC 3030 §3
    private static SmtpBody? BodyOf(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "8BITMIME"u8))
            return SmtpBody.EightBitMime;
        if (Ascii.EqualsIgnoreCase(value, "7BIT"u8))
            return SmtpBody.SevenBit;
        return Ascii.EqualsIgnoreCase(value, "BINARYMIME"u8) ? SmtpBody.BinaryMime : null;
    }

    private static DsnReturn? ReturnOf(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "FULL"u8))
            return DsnReturn.Full;
        return Ascii.EqualsIgnoreCase(value, "HDRS"u8) ? DsnReturn.Headers : null;
    }

    private static SmtpCommand.Invalid Invalid(SmtpReply reply) => new(SmtpVerb.Mail, reply);
}
