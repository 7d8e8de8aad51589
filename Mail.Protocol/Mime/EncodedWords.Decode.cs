using System.Text;

namespace Mail.Protocol.Mime;

internal static partial class EncodedWords
{
    private const int MaxCharsetName = 64;

    /// <summary>
    /// Decodes every encoded word of a text, wherever it stands. White space between two of them goes (RFC 2047 §6.2); a character split
    /// over two words of one charset is put together; what is malformed stays as it is. Linear.
    /// </summary>
    internal static string Decode(string text)
    {
        var next = text.IndexOf("=?", StringComparison.Ordinal);
        if (next < 0) return text;
        var reader = new Decoder(text);
        return reader.Run(next);
    }

    private ref struct Decoder(string text)
    {
        private readonly string _text = text;
        private readonly StringBuilder _result = new(text.Length);
        private readonly List<byte> _pending = [];
        private string? _pendingCharset;
        private int _close = -1;

        internal string Run(int next)
        {
            var done = 0;
            while (next >= 0)
            {
                if (TryRead(next, out var charset, out var encoding, out var body, out var end))
                {
                    AppendBetween(_text.AsSpan(done, next - done), charset);
                    Add(charset, encoding, body);
                    done = end;
                }
                else
                {
                    AppendBetween(_text.AsSpan(done, next + 2 - done), null);
                    done = next + 2;
                }
                next = _text.IndexOf("=?", done, StringComparison.Ordinal);
            }
            AppendBetween(_text.AsSpan(done), null);
            return _result.ToString();
        }

        private bool TryRead(int start, out string charset, out char encoding, out ReadOnlySpan<char> body, out int end)
        {
            charset = "";
            encoding = default;
            body = default;
            end = 0;
            var rest = _text.AsSpan(start + 2);
            var length = rest[..Math.Min(rest.Length, MaxCharsetName)].IndexOf('?');
            if (length <= 0 || rest.Length < length + 3 || rest[length + 2] != '?') return false;
            encoding = (char)(rest[length + 1] | 0x20);
            if (encoding is not ('b' or 'q') || rest[..length].ContainsAny(" \t=")) return false;
            var bodyStart = start + 2 + length + 3;
            if (_close >= 0 && _close < bodyStart) _close = -1;
            if (_close < 0) _close = _text.IndexOf("?=", bodyStart, StringComparison.Ordinal) is var found and >= 0 ? found : int.MaxValue;
            if (_close == int.MaxValue) return false;
            var language = rest[..length].IndexOf('*'); // RFC 2231 §5
            charset = rest[..(language < 0 ? length : language)].ToString();
            body = _text.AsSpan(bodyStart, _close - bodyStart);
            end = _close + 2;
            return true;
        }

        private void AppendBetween(ReadOnlySpan<char> between, string? nextCharset)
        {
            var blank = between.IndexOfAnyExcept(" \t\r\n") < 0;
            if (nextCharset is not null && _pendingCharset is not null && blank)
            {
                if (!nextCharset.Equals(_pendingCharset, StringComparison.OrdinalIgnoreCase)) FlushPending();
                return;
            }
            FlushPending();
            _result.Append(between);
        }

        private void Add(string charset, char encoding, ReadOnlySpan<char> body)
        {
            _pendingCharset = charset;
            if (encoding == 'b') TransferDecoding.AppendBase64(body, _pending);
            else TransferDecoding.AppendQ(body, _pending);
        }

        private void FlushPending()
        {
            if (_pendingCharset is null) return;
            var decoded = Charsets.Decode(_pendingCharset, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending));
            _result.Append(HeaderText.WithoutControls(decoded));
            _pending.Clear();
            _pendingCharset = null;
        }
    }
}
