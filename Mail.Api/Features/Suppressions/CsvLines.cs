using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;

namespace Mail.Api.Features.Suppressions;

/// <summary>A line of a file.</summary>
/// <param name="Text">Null when it is too long or not UTF-8.</param>
internal sealed record CsvLine(string? Text);

/// <summary>Splits what arrives into lines, and holds no more of it than one line.</summary>
internal static class CsvLines
{
    public const int MaxLine = 4096;
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Each line; null as the last when there are more bytes than allowed.</summary>
    public static async IAsyncEnumerable<CsvLine?> ReadAsync(
        PipeReader body, long maxBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (taken, isSkipping) = (0L, false);
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                taken += line.Length + 1;
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                if (taken > maxBytes)
                    break;
                yield return isSkipping || line.Length > MaxLine ? new CsvLine(null) : Decode(line);
                isSkipping = false;
            }
            // The rest of a line that is too long is passed over as it comes.
            if (buffer.Length > MaxLine)
            {
                taken += buffer.Length;
                buffer = buffer.Slice(buffer.End);
                isSkipping = true;
            }
            if (taken + buffer.Length > maxBytes)
            {
                yield return null;
                yield break;
            }
            if (read.IsCompleted)
            {
                if (isSkipping || !buffer.IsEmpty)
                    yield return isSkipping ? new CsvLine(null) : Decode(buffer);
                body.AdvanceTo(read.Buffer.End);
                yield break;
            }
            body.AdvanceTo(buffer.Start, read.Buffer.End);
        }
    }

    private static CsvLine Decode(in ReadOnlySequence<byte> line)
    {
        try
        {
            return new CsvLine(_strict.GetString(line).TrimEnd('\r').TrimStart('\uFEFF'));
        }
        catch (DecoderFallbackException)
        {
            return new CsvLine(null);
        }
    }
}
