using System.Buffers;

namespace Mail.Protocol.Mime;

/// <summary>
/// Writes an <see cref="OutgoingMail"/> as RFC 5322 octets: CRLF everywhere, lines of at most 998 octets, folded at 78 where possible,
/// 7-bit unless <see cref="MimeWriterOptions.Allow8Bit"/> or an address outside ASCII says otherwise.
/// </summary>
public static class MimeWriter
{
    private const int StreamPiece = Base64Lines.OctetsPerLine * 1024;

    /// <summary>Writes a mail whose attachments are in memory.</summary>
    /// <exception cref="ArgumentException">The message id is not valid, or an attachment has <see cref="MailAttachment.OpenContent"/>: bugs of the caller.</exception>
    public static MimeWriteResult Write(OutgoingMail mail, IBufferWriter<byte> target, MimeWriterOptions? options = null)
    {
        using var output = new MimeOutput(target);
        var layout = new MimeLayout(mail, output, options ?? MimeWriterOptions.Default);
        layout.WriteHead();
        foreach (var attachment in layout.Inline) WriteAttachment(layout, attachment);
        layout.CloseBodies();
        foreach (var attachment in layout.Attached) WriteAttachment(layout, attachment);
        layout.Close();
        output.Flush();
        return layout.Result;
    }

    /// <summary>Writes a mail to a stream; attachments are read and encoded piece by piece.</summary>
    /// <exception cref="ArgumentException">The message id is not valid.</exception>
    public static ValueTask<MimeWriteResult> WriteAsync(
        OutgoingMail mail, Stream target, MimeWriterOptions? options = null, CancellationToken cancellationToken = default)
    {
        var staged = new ArrayBufferWriter<byte>();
        return WriteAsync(mail, staged, DrainAsync, options, cancellationToken);

        async ValueTask DrainAsync()
        {
            await target.WriteAsync(staged.WrittenMemory, cancellationToken);
            staged.ResetWrittenCount();
        }
    }

    /// <summary>Writes a mail into memory; attachments are read and encoded piece by piece.</summary>
    /// <exception cref="ArgumentException">The message id is not valid.</exception>
    public static ValueTask<MimeWriteResult> WriteAsync(
        OutgoingMail mail, IBufferWriter<byte> target, MimeWriterOptions? options = null, CancellationToken cancellationToken = default) =>
        WriteAsync(mail, target, () => ValueTask.CompletedTask, options, cancellationToken);

    private static async ValueTask<MimeWriteResult> WriteAsync(
        OutgoingMail mail, IBufferWriter<byte> target, Func<ValueTask> drain, MimeWriterOptions? options, CancellationToken cancellationToken)
    {
        using var output = new MimeOutput(target);
        var layout = new MimeLayout(mail, output, options ?? MimeWriterOptions.Default);
        layout.WriteHead();
        foreach (var attachment in layout.Inline) await WriteAttachmentAsync(layout, attachment, drain, cancellationToken);
        layout.CloseBodies();
        foreach (var attachment in layout.Attached) await WriteAttachmentAsync(layout, attachment, drain, cancellationToken);
        layout.Close();
        output.Flush();
        await drain();
        return layout.Result;
    }

    private static void WriteAttachment(MimeLayout layout, MailAttachment attachment)
    {
        if (attachment.OpenContent is not null)
            throw new ArgumentException("An attachment that is a stream needs WriteAsync.", nameof(attachment));
        layout.WriteAttachment(attachment, attachment.Content.Span);
    }

    private static async ValueTask WriteAttachmentAsync(
        MimeLayout layout, MailAttachment attachment, Func<ValueTask> drain, CancellationToken cancellationToken)
    {
        if (attachment.OpenContent is null)
        {
            layout.WriteAttachment(attachment, attachment.Content.Span);
            layout.Output.Flush();
            await drain();
            return;
        }
        layout.WriteAttachmentHeader(attachment, "base64");
        var piece = ArrayPool<byte>.Shared.Rent(StreamPiece);
        try
        {
            await using var content = await attachment.OpenContent(cancellationToken);
            int read;
            do
            {
                read = await content.ReadAtLeastAsync(piece.AsMemory(0, StreamPiece), StreamPiece, throwOnEndOfStream: false, cancellationToken);
                Base64Lines.Write(layout.Output, piece.AsSpan(0, read));
                layout.Output.Flush();
                await drain();
            }
            while (read == StreamPiece);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
