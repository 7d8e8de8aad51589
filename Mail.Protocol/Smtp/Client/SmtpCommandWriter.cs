using System.Buffers;
using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>Writes commands with their CRLF.</summary>
internal static class SmtpCommandWriter
{
    public static void WriteLine(this IBufferWriter<byte> output, ReadOnlySpan<byte> line)
    {
        var span = output.GetSpan(line.Length + 2);
        line.CopyTo(span);
        span[line.Length] = (byte)'\r';
        span[line.Length + 1] = (byte)'\n';
        output.Advance(line.Length + 2);
    }

    public static void WriteLine(this IBufferWriter<byte> output, string asciiLine)
    {
        output.WriteAscii(asciiLine);
        output.Write("\r\n"u8);
    }

    /// <summary>MAIL with the parameters that the server understands: RFC 5321 §4.1.1.2.</summary>
    public static void WriteMail(this IBufferWriter<byte> output, SmtpEnvelope envelope, SmtpExtensions extensions, long? size)
    {
        output.Write("MAIL FROM:"u8);
        envelope.ReturnPath.WriteTo(output);
        if (extensions.Size && size is { } octets)
            output.WriteParameter("SIZE", octets.ToString(null, null)); // RFC 1870 §3
        if (extensions.EightBitMime && envelope.EightBit)
            output.WriteParameter("BODY", "8BITMIME"); // RFC 6152 §3
        if (extensions.SmtpUtf8 && envelope.NeedsUtf8)
            output.WriteParameter("SMTPUTF8", null); // RFC 6531 §3.4
        if (extensions.RequireTls && envelope.RequireTls)
            output.WriteParameter("REQUIRETLS", null); // RFC 8689 §2
        if (extensions.Dsn && envelope.Return is { } returns)
            output.WriteParameter("RET", returns == DsnReturn.Full ? "FULL" : "HDRS"); // RFC 3461 §4.3
        if (extensions.Dsn && envelope.EnvelopeId is { } id)
            output.WriteParameter("ENVID", SmtpXtext.Encode(id)); // RFC 3461 §4.4
        foreach (var parameter in envelope.MailParameters)
        {
            if (extensions.Offers(parameter.Keyword) && parameter.IsWellFormed)
                output.WriteParameter(parameter.Keyword, parameter.Value);
        }
        output.Write("\r\n"u8);
    }

    /// <summary>RCPT with the DSN parameters when the server understands them: RFC 5321 §4.1.1.3, RFC 3461 §4.1 and §4.2.</summary>
    public static void WriteRcpt(this IBufferWriter<byte> output, SmtpRecipient recipient, SmtpExtensions extensions)
    {
        output.Write("RCPT TO:"u8);
        recipient.Path.WriteTo(output);
        if (extensions.Dsn && recipient.Notify != DsnNotify.Unspecified)
            output.WriteParameter("NOTIFY", NotifyValue(recipient.Notify));
        if (extensions.Dsn && recipient.OriginalRecipient is { } original)
            output.WriteParameter("ORCPT", OriginalRecipientValue(original, extensions));
        output.Write("\r\n"u8);
    }

    private static string NotifyValue(DsnNotify notify)
    {
        if (notify.HasFlag(DsnNotify.Never))
            return "NEVER";
        var wanted = new List<string>(3);
        if (notify.HasFlag(DsnNotify.Success))
            wanted.Add("SUCCESS");
        if (notify.HasFlag(DsnNotify.Failure))
            wanted.Add("FAILURE");
        if (notify.HasFlag(DsnNotify.Delay))
            wanted.Add("DELAY");
        return string.Join(',', wanted);
    }

    // RFC 6533 §3: addresses beyond ASCII travel as type utf-8, whose xtext form is plain ASCII.
    private static string OriginalRecipientValue(string original, SmtpExtensions extensions)
    {
        if (Ascii.IsValid(original))
            return "rfc822;" + SmtpXtext.Encode(original);
        return extensions.SmtpUtf8 ? "utf-8;" + SmtpXtext.EncodeUnitext(original) : "rfc822;" + SmtpXtext.Encode(original);
    }

    private static void WriteParameter(this IBufferWriter<byte> output, string keyword, string? value)
    {
        output.Write(" "u8);
        output.WriteAscii(keyword);
        if (value is null)
            return;
        output.Write("="u8);
        output.WriteAscii(value);
    }

    private static void WriteAscii(this IBufferWriter<byte> output, string text)
    {
        var span = output.GetSpan(text.Length);
        Encoding.ASCII.GetBytes(text, span);
        output.Advance(text.Length);
    }
}
