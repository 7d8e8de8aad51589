using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>Walks the parameters of MAIL and RCPT: RFC 5321 §4.1.2 esmtp-param.</summary>
internal ref struct SmtpParameters(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;
    private int _count;

    /// <summary>In upper case; names repeat in no valid command.</summary>
    public string Keyword { get; private set; } = "";

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool HasValue { get; private set; }

    /// <summary>The text is not a list of parameters, or a list that is too long.</summary>
    public bool IsMalformed { get; private set; }

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
            return false;
        IsMalformed = _rest[0] != ' ' || ++_count > SmtpLimits.MaxParameters;
        _rest = _rest.TrimStart((byte)' ');
        var end = _rest.IndexOf((byte)' ');
        var parameter = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? [] : _rest[end..];
        var equals = parameter.IndexOf((byte)'=');
        var keyword = equals < 0 ? parameter : parameter[..equals];
        HasValue = equals >= 0;
        Value = HasValue ? parameter[(equals + 1)..] : [];
        // RFC 5321 §4.1.2: the keyword starts with a letter or digit; a value, when announced, is not empty.
        IsMalformed |= keyword.IsEmpty || keyword[0] == '-' || keyword.ContainsAnyExcept(SmtpCharacters.Keyword)
            || (HasValue && Value.IsEmpty);
        if (IsMalformed)
            return false;
        Keyword = Encoding.ASCII.GetString(keyword).ToUpperInvariant();
        return true;
    }
}
