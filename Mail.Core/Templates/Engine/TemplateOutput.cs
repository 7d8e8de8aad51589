using System.Buffers;
using System.Text;

namespace Mail.Core.Templates.Engine;

/// <summary>Text that grows in pooled memory up to a limit.</summary>
internal sealed class TemplateOutput(TemplateContext context, int maxBytes) : IDisposable
{
    private const int InitialLength = 4096;
    private static readonly SearchValues<char> Special = SearchValues.Create("&<>\"'");

    private char[] _buffer = ArrayPool<char>.Shared.Rent(InitialLength);
    private int _length;

    /// <summary>Whether more was written than the limit allows; nothing is added then.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Text of the template itself, or a value that is not to be escaped.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        if (context == TemplateContext.Subject)
            AppendLine(text);
        else
            Add(text);
    }

    /// <summary>A value, escaped as the part needs it.</summary>
    public void AppendValue(ReadOnlySpan<char> value)
    {
        if (context != TemplateContext.Html)
        {
            Append(value);
            return;
        }
        while (value.IndexOfAny(Special) is var next and >= 0)
        {
            Add(value[..next]);
            Add(value[next] switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '"' => "&quot;", _ => "&#39;" });
            value = value[(next + 1)..];
        }
        Add(value);
    }

    /// <summary>What was written; null when it is more than the limit allows.</summary>
    public string? Finish()
    {
        var text = _buffer.AsSpan(0, _length);
        IsFull = IsFull || (_length > maxBytes / 3 && Encoding.UTF8.GetByteCount(text) > maxBytes);
        return IsFull ? null : new string(text);
    }

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = [];
    }

    // A subject is one header field: what would begin another one is dropped.
    private void AppendLine(ReadOnlySpan<char> text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsControl(text[i]) && text[i] is not ('\u2028' or '\u2029'))
                continue;
            Add(text[start..i]);
            start = i + 1;
        }
        Add(text[start..]);
    }

    private void Add(ReadOnlySpan<char> text)
    {
        if (IsFull || text.Length > maxBytes - _length)
        {
            IsFull = true;
            return;
        }
        if (text.Length > _buffer.Length - _length)
            Grow(_length + text.Length);
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<char>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
