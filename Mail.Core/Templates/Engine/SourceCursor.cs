namespace Mail.Core.Templates.Engine;

/// <summary>The source of a template and how far it is read. The first failure stays and ends the reading.</summary>
internal sealed class SourceCursor(string source)
{
    public string Source => source;

    /// <summary>Never behind the end of the source.</summary>
    public int Position
    {
        get;
        set => field = Math.Min(value, source.Length);
    }

    public (int Position, string Message)? Failure { get; private set; }

    public bool HasFailed => Failure is not null;

    public bool AtEnd => Position >= source.Length;

    public char Current => Position < source.Length ? source[Position] : '\0';

    public bool At(string text) => string.CompareOrdinal(source, Position, text, 0, text.Length) == 0;

    public bool TryTake(string text)
    {
        if (!At(text))
            return false;
        Position += text.Length;
        return true;
    }

    public void SkipSpace()
    {
        while (char.IsWhiteSpace(Current))
            Position++;
    }

    public void Fail(int position, string message)
    {
        Failure ??= (position, message);
        Position = source.Length;
    }
}
