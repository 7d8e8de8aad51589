namespace Mail.Protocol.Smtp;

/// <summary>Who spoke in a transcript line.</summary>
public enum SmtpSpeaker
{
    /// <summary>This side.</summary>
    Client,

    /// <summary>The server.</summary>
    Server,

    /// <summary>Neither: a remark on what happened.</summary>
    Note,
}

/// <summary>One line of a transcript.</summary>
/// <param name="At">When it was sent or read.</param>
/// <param name="Stage">The stage it belongs to.</param>
/// <param name="Speaker">Who spoke.</param>
/// <param name="Text">The line without CRLF; a multi-line reply is joined by LF.</param>
public sealed record SmtpTranscriptEntry(DateTimeOffset At, SmtpStage Stage, SmtpSpeaker Speaker, string Text);

/// <summary>Commands and replies of a conversation: no message content, no credentials, bounded in size.</summary>
public sealed class SmtpTranscript(TimeProvider timeProvider)
{
    /// <summary>Entries beyond this number are counted, not kept.</summary>
    public const int MaxEntries = 2000;

    /// <summary>Characters of an entry beyond this number are cut.</summary>
    public const int MaxEntryLength = 2000;

    private readonly List<SmtpTranscriptEntry> _entries = [];

    /// <summary>The entries in order.</summary>
    public IReadOnlyList<SmtpTranscriptEntry> Entries => _entries;

    /// <summary>Entries that were not kept.</summary>
    public int Dropped { get; private set; }

    internal void Add(SmtpStage stage, SmtpSpeaker speaker, string text)
    {
        if (_entries.Count >= MaxEntries)
        {
            Dropped++;
            return;
        }
        var kept = text.Length > MaxEntryLength ? text[..MaxEntryLength] : text;
        _entries.Add(new SmtpTranscriptEntry(timeProvider.GetUtcNow(), stage, speaker, kept));
    }
}
