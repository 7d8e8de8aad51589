namespace Mail.Protocol.Mime;

/// <summary>The header of an outgoing mail, up to the first Content field (RFC 5322 §3.6).</summary>
internal static class TopHeader
{
    internal static void Write(MimeOutput output, OutgoingMail mail)
    {
        AddressHeader.Write(output, "From:"u8, mail.From);
        if (mail.Sender is not null && !mail.Sender.Address.Equals(mail.From.Address)) AddressHeader.Write(output, "Sender:"u8, mail.Sender);
        if (mail.To.Count + mail.Cc.Count == 0)
        {
            // Everyone is a blind copy: a group without members says so (RFC 5322 §3.4, Appendix A.1.3)
            output.Write("To: undisclosed-recipients:;"u8);
            output.EndLine();
        }
        AddressHeader.Write(output, "To:"u8, mail.To);
        AddressHeader.Write(output, "Cc:"u8, mail.Cc);
        AddressHeader.Write(output, "Reply-To:"u8, mail.ReplyTo);
        output.Write("Subject:"u8);
        HeaderText.Write(output, mail.Subject);
        output.EndLine();
        output.Write("Date: "u8);
        DateField.Write(output, mail.Date);
        output.EndLine();
        output.Write("Message-ID: <"u8);
        output.WriteUtf8(mail.MessageId);
        output.Write(">\r\n"u8);
        output.Column = 0;
        for (var i = 0; i < mail.Headers.Count; i++)
        {
            output.WriteUtf8(mail.Headers[i].Name);
            output.WriteByte((byte)':');
            HeaderText.Write(output, mail.Headers[i].Value);
            output.EndLine();
        }
        output.Write("MIME-Version: 1.0\r\n"u8);
        output.Column = 0;
    }
}
