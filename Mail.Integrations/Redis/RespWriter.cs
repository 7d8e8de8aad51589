using System.Buffers;
using System.Buffers.Text;

namespace Mail.Integrations.Redis;

/// <summary>Writes a command as an array of bulk strings.</summary>
internal static class RespWriter
{
    private const int MaxLengthBytes = 16;

    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<RedisValue> command)
    {
        WriteLength(output, (byte)'*', command.Length);
        foreach (var argument in command)
        {
            WriteLength(output, (byte)'$', argument.Bytes.Length);
            output.Write(argument.Bytes.Span);
            output.Write("\r\n"u8);
        }
    }

    private static void WriteLength(IBufferWriter<byte> output, byte type, int length)
    {
        var span = output.GetSpan(MaxLengthBytes);
        span[0] = type;
        Utf8Formatter.TryFormat(length, span[1..], out var written);
        span[1 + written] = (byte)'\r';
        span[2 + written] = (byte)'\n';
        output.Advance(written + 3);
    }
}
