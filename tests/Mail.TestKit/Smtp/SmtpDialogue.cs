using System.Net.Security;
using System.Text;

namespace Mail.TestKit.Smtp;

/// <summary>
/// A conversation written down in a <c>.smtp</c> file. <see cref="RunAsync"/> plays the client against a server;
/// <see cref="ServeAsync"/> plays the server for a client.
/// </summary>
/// <remarks>
/// <code>
/// # comment
/// C: EHLO client.example      a line with CRLF; lines without an S between them go out in one write
/// C~ EHLO                     (served) a prefix of what the client sends
/// S: 250 2.0.0 OK             one reply line, exactly
/// S~ 250 | 251                a whole reply, of which the last line starts with one of these
/// S~ 250-SIZE                 one line of a multi-line reply by its prefix
/// ! raw .\r\n                 octets with \r \n \t \0 \\ \xHH
/// ! repeat 2000 x             octets n times, escaped as in raw
/// ! split 1                   from here on so many octets per write; 0 ends it
/// ! starttls                  TLS handshake
/// ! closed                    the other side closes now
/// ! drop                      this side closes now
/// ! set name value            a remark for the test that runs the file
/// </code>
/// </remarks>
public sealed class SmtpDialogue
{
    private readonly List<(int Line, string Kind, string Text)> _steps = [];

    private SmtpDialogue(string name) => Name = name;

    /// <summary>File name without extension.</summary>
    public string Name { get; }

    /// <summary>What <c>! set</c> says.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    public static SmtpDialogue Load(string path) => Parse(Path.GetFileNameWithoutExtension(path), File.ReadAllLines(path));

    public static SmtpDialogue Parse(string name, IEnumerable<string> lines)
    {
        var dialogue = new SmtpDialogue(name);
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            var kind = line.Length >= 2 ? line[..2] : line;
            if (kind is not ("C:" or "C~" or "S:" or "S~" or "! "))
                throw new FormatException($"{name}:{number}: not a dialogue line: {line}");
            var text = line.Length > 2 && line[2] == ' ' && kind != "! " ? line[3..] : line[2..];
            if (kind == "! " && text.Split(' ', 3) is ["set", var key, var value])
                dialogue.Settings[key] = value;
            else
                dialogue._steps.Add((number, kind, text));
        }
        return dialogue;
    }

    /// <summary>The octets of an escaped text: <c>\r \n \t \0 \\ \xHH</c>.</summary>
    public static byte[] Unescape(string text) => DialogueWire.Unescape(text);

    /// <summary>Plays the client. A difference is a <see cref="SmtpDialogueException"/> that names the line.</summary>
    public Task RunAsync(Stream stream, CancellationToken cancellationToken) => PlayAsync(stream, 'C', null, cancellationToken);

    /// <summary>Plays the server.</summary>
    public Task ServeAsync(Stream stream, SslServerAuthenticationOptions? tls, CancellationToken cancellationToken) =>
        PlayAsync(stream, 'S', tls, cancellationToken);

    private async Task PlayAsync(Stream stream, char self, SslServerAuthenticationOptions? tls, CancellationToken cancellationToken)
    {
        var wire = new DialogueWire(stream);
        foreach (var (line, kind, text) in _steps)
        {
            try
            {
                if (kind == "! ")
                    await DirectAsync(wire, text, self, tls, cancellationToken);
                else if (kind[0] == self)
                    wire.Queue(Encoding.UTF8.GetBytes(text + "\r\n"));
                else
                    await ExpectAsync(wire, kind, text, cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                throw new SmtpDialogueException($"{Name}:{line}: {kind} {text}: {exception.Message}; last read: {wire.LastLine}", exception);
            }
        }
        await wire.SendAsync(cancellationToken);
    }

    private async Task DirectAsync(
        DialogueWire wire, string text, char self, SslServerAuthenticationOptions? tls, CancellationToken cancellationToken)
    {
        var words = text.Split(' ', 3);
        switch (words[0])
        {
            case "raw":
                wire.Queue(DialogueWire.Unescape(text[4..]));
                break;
            case "repeat":
                wire.Queue([.. Enumerable.Repeat(Unescape(words[2]), int.Parse(words[1], null)).SelectMany(octets => octets)]);
                break;
            case "split":
                await wire.SendAsync(cancellationToken);
                wire.PieceLength = int.Parse(words[1], null);
                break;
            case "starttls":
                await wire.StartTlsAsync(self == 'C' ? null : tls ?? throw new FormatException($"{Name}: no certificate to serve"), cancellationToken);
                break;
            case "closed":
                await wire.ExpectEndAsync(cancellationToken);
                break;
            case "drop":
                await wire.SendAsync(cancellationToken);
                await wire.CloseAsync();
                break;
            default:
                throw new FormatException($"{Name}: unknown directive {words[0]}");
        }
    }

    private async Task ExpectAsync(DialogueWire wire, string kind, string expected, CancellationToken cancellationToken)
    {
        var line = await wire.ReadLineAsync(cancellationToken);
        var wholeReply = kind == "S~" && !(expected.Length > 3 && expected[3] == '-');
        while (wholeReply && line.Length > 3 && line[3] == '-')
            line = await wire.ReadLineAsync(cancellationToken);
        var matches = kind[1] == ':' ? line == expected
            : expected.Split(" | ").Any(prefix => line.StartsWith(prefix, StringComparison.Ordinal));
        if (!matches)
            throw new IOException($"read \"{line}\"");
    }
}

/// <summary>The other side said something else than the dialogue file.</summary>
public sealed class SmtpDialogueException(string message, Exception inner) : Exception(message, inner);
