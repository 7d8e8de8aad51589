using System.Buffers.Text;

namespace Mail.Protocol.Mime;

/// <summary>Base64 in lines of 76 characters (RFC 2045 §6.8), each with its CRLF.</summary>
internal static class Base64Lines
{
    /// <summary>Octets of one line; a piece written in several calls must be cut at multiples of it.</summary>
    internal const int OctetsPerLine = 57;

    private const int CharactersPerLine = 76;
    private const int LinesPerPiece = 64;

    internal static void Write(MimeOutput output, ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            var piece = octets[..Math.Min(octets.Length, OctetsPerLine * LinesPerPiece)];
            octets = octets[piece.Length..];
            var target = output.GetSpan(LinesPerPiece * (CharactersPerLine + 2));
            var position = 0;
            while (!piece.IsEmpty)
            {
                var line = piece[..Math.Min(piece.Length, OctetsPerLine)];
                Base64.EncodeToUtf8(line, target[position..], out _, out var written);
                position += written;
                target[position++] = (byte)'\r';
                target[position++] = (byte)'\n';
                piece = piece[line.Length..];
            }
            output.Advance(position);
        }
    }
}
