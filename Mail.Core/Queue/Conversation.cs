using System.Globalization;
using System.Text;

namespace Mail.Core.Queue;

/// <summary>What was said in an attempt, kept as lines of text: <c>12 C mail_from MAIL FROM:&lt;…&gt;</c>.</summary>
public static class Conversation
{
    /// <summary>Of a conversation that is longer the rest is left out, with a note that says so.</summary>
    public const int MaxCharacters = 16_000;

    private const string Cut = "The rest was too long to be kept.";

    /// <param name="startedAt">Lines carry the milliseconds since then.</param>
    public static string Write(DateTimeOffset startedAt, IEnumerable<ConversationLine> lines)
    {
        var text = new StringBuilder(1024);
        foreach (var line in lines)
        {
            // A reply of several lines becomes as many, so that no line has a break in it.
            foreach (var part in line.Text.Split('\n'))
            {
                if (text.Length + part.Length > MaxCharacters)
                    return Append(text, startedAt, line with { Speaker = Speaker.Note }, Cut).ToString();
                Append(text, startedAt, line, part);
            }
        }
        return text.ToString();
    }

    public static IReadOnlyList<ConversationLine> Read(DateTimeOffset startedAt, string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => ReadLine(startedAt, line))];

    private static StringBuilder Append(StringBuilder text, DateTimeOffset startedAt, ConversationLine line, string part)
    {
        text.Append(CultureInfo.InvariantCulture, $"{(long)(line.At - startedAt).TotalMilliseconds} {Letter(line.Speaker)} {line.Stage} ");
        // PostgreSQL takes no NUL, and nobody who reads this wants a terminal's control characters.
        foreach (var character in part)
            text.Append(char.IsControl(character) ? ' ' : char.IsSurrogate(character) ? '?' : character);
        return text.Append('\n');
    }

    private static ConversationLine ReadLine(DateTimeOffset startedAt, string line)
    {
        var parts = line.Split(' ', 4);
        var speaker = parts[1] switch
        {
            "C" => Speaker.Client,
            "S" => Speaker.Server,
            _ => Speaker.Note,
        };
        return new ConversationLine(
            startedAt.AddMilliseconds(long.Parse(parts[0], CultureInfo.InvariantCulture)), speaker, parts[2], parts[3].TrimEnd());
    }

    private static char Letter(Speaker speaker) => speaker switch
    {
        Speaker.Client => 'C',
        Speaker.Server => 'S',
        Speaker.Note => '*',
        _ => throw new ArgumentOutOfRangeException(nameof(speaker)),
    };
}

/// <param name="Stage">As in <see cref="RecipientResult"/>.</param>
/// <param name="Text">The line without its end; a reply of several lines has one line feed between them.</param>
public sealed record ConversationLine(DateTimeOffset At, Speaker Speaker, string Stage, string Text);

/// <summary>Who said a line.</summary>
public enum Speaker
{
    /// <summary>This side.</summary>
    Client,

    /// <summary>The server.</summary>
    Server,

    /// <summary>Neither: a remark on what happened.</summary>
    Note,
}
