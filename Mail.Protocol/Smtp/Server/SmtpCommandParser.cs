using System.Buffers.Text;
using System.Text;

namespace Mail.Protocol.Smtp;

/// <summary>Parses command lines: the verb decides, then its arguments are read once from left to right (RFC 5321 §4.1).</summary>
public static class SmtpCommandParser
{
    private static readonly SmtpCommand.StartTls StartTls = new();
    private static readonly SmtpCommand.Data Data = new();
    private static readonly SmtpCommand.Rset Rset = new();
    private static readonly SmtpCommand.Noop Noop = new();
    private static readonly SmtpCommand.Help Help = new();
    private static readonly SmtpCommand.Quit Quit = new();

    /// <summary>Parses one line without its CRLF. Never throws; what is wrong comes back as <see cref="SmtpCommand.Invalid"/>.</summary>
    /// <param name="line">The octets.</param>
    /// <param name="mailParameters">MAIL parameters to accept beside the standard ones, in upper case; others get 555.</param>
    public static SmtpCommand Parse(ReadOnlySpan<byte> line, IReadOnlySet<string>? mailParameters = null)
    {
        // RFC 5321 §4.1.1: trailing white space is tolerated.
        line = line.TrimEnd(" \t"u8);
        var space = line.IndexOf((byte)' ');
        var verb = VerbOf(space < 0 ? line : line[..space]);
        var arguments = space < 0 ? [] : line[(space + 1)..].TrimStart((byte)' ');
        if (verb == SmtpVerb.Unknown)
            return new SmtpCommand.Invalid(verb, SmtpReplies.UnknownCommand);
        if (!IsPrintable(arguments))
            return new SmtpCommand.Invalid(verb, verb == SmtpVerb.Bdat ? SmtpReplies.InvalidChunkSize : SmtpReplies.InvalidArguments);
        return verb switch
        {
            SmtpVerb.Helo => Hello(arguments, verb),
            SmtpVerb.Ehlo => Hello(arguments, verb),
            SmtpVerb.Mail => SmtpMailParser.Parse(arguments, mailParameters),
            SmtpVerb.Rcpt => SmtpRcptParser.Parse(arguments),
            SmtpVerb.Auth => Auth(arguments),
            SmtpVerb.Bdat => Bdat(arguments),
            SmtpVerb.StartTls => WithoutArguments(arguments, StartTls),
            SmtpVerb.Data => WithoutArguments(arguments, Data),
            SmtpVerb.Rset => WithoutArguments(arguments, Rset),
            SmtpVerb.Quit => WithoutArguments(arguments, Quit),
            SmtpVerb.Vrfy => Named(arguments, verb, static text => new SmtpCommand.Vrfy(text)),
            SmtpVerb.Expn => Named(arguments, verb, static text => new SmtpCommand.Expn(text)),
            SmtpVerb.Noop => Noop, // RFC 5321 §4.1.1.9: a parameter is ignored
            _ => Help, // RFC 5321 §4.1.1.8: so may be that of HELP
        };
    }

    private static SmtpVerb VerbOf(ReadOnlySpan<byte> word)
    {
        // RFC 5321 §2.4: verbs are case-insensitive.
        Span<byte> upper = stackalloc byte[8];
        if (word.Length is < 4 or > 8 || Ascii.ToUpper(word, upper, out var length) != System.Buffers.OperationStatus.Done)
            return SmtpVerb.Unknown;
        return upper[..length] switch
        {
            var w when w.SequenceEqual("MAIL"u8) => SmtpVerb.Mail,
            var w when w.SequenceEqual("RCPT"u8) => SmtpVerb.Rcpt,
            var w when w.SequenceEqual("DATA"u8) => SmtpVerb.Data,
            var w when w.SequenceEqual("EHLO"u8) => SmtpVerb.Ehlo,
            var w when w.SequenceEqual("HELO"u8) => SmtpVerb.Helo,
            var w when w.SequenceEqual("RSET"u8) => SmtpVerb.Rset,
            var w when w.SequenceEqual("QUIT"u8) => SmtpVerb.Quit,
            var w when w.SequenceEqual("STARTTLS"u8) => SmtpVerb.StartTls,
            var w when w.SequenceEqual("AUTH"u8) => SmtpVerb.Auth,
            var w when w.SequenceEqual("BDAT"u8) => SmtpVerb.Bdat,
            var w when w.SequenceEqual("NOOP"u8) => SmtpVerb.Noop,
            var w when w.SequenceEqual("VRFY"u8) => SmtpVerb.Vrfy,
            var w when w.SequenceEqual("EXPN"u8) => SmtpVerb.Expn,
            var w when w.SequenceEqual("HELP"u8) => SmtpVerb.Help,
            _ => SmtpVerb.Unknown,
        };
    }

    private static SmtpCommand Hello(ReadOnlySpan<byte> arguments, SmtpVerb verb)
    {
        // RFC 5321 §4.1.4: a name that does not verify, or is not one, is no reason to refuse; none at all is.
        if (arguments.IsEmpty || arguments.Contains((byte)' ') || arguments.Length > SmtpLimits.MaxDomainOctets)
            return new SmtpCommand.Invalid(verb, SmtpReplies.HelloNeedsName);
        var name = Encoding.UTF8.GetString(arguments);
        return verb == SmtpVerb.Helo ? new SmtpCommand.Helo(name) : new SmtpCommand.Ehlo(name);
    }

    // RFC 4954 §4: AUTH mechanism [initial-response]
    private static SmtpCommand Auth(ReadOnlySpan<byte> arguments)
    {
        var space = arguments.IndexOf((byte)' ');
        var mechanism = space < 0 ? arguments : arguments[..space];
        var response = space < 0 ? default : arguments[(space + 1)..];
        // RFC 4422 §3.1: up to 20 upper-case letters, digits, hyphens and underscores.
        if (mechanism.Length is 0 or > 20 || mechanism.ContainsAnyExcept(SmtpCharacters.Mechanism))
            return new SmtpCommand.Invalid(SmtpVerb.Auth, SmtpReplies.InvalidArguments);
        var name = Encoding.ASCII.GetString(mechanism).ToUpperInvariant();
        if (space < 0)
            return new SmtpCommand.Auth(name, null);
        if (response.SequenceEqual("="u8))
            return new SmtpCommand.Auth(name, "");
        return Base64.IsValid(response)
            ? new SmtpCommand.Auth(name, Encoding.ASCII.GetString(response))
            : new SmtpCommand.Invalid(SmtpVerb.Auth, SmtpReplies.AuthenticationCancelled);
    }

    // RFC 3030 §2: "BDAT" SP chunk-size [SP "LAST"]
    private static SmtpCommand Bdat(ReadOnlySpan<byte> arguments)
    {
        var space = arguments.IndexOf((byte)' ');
        var size = space < 0 ? arguments : arguments[..space];
        var last = space >= 0 && Ascii.EqualsIgnoreCase(arguments[(space + 1)..], "LAST"u8);
        return TryParseNumber(size, out var octets) && (space < 0 || last)
            ? new SmtpCommand.Bdat(octets, last)
            : new SmtpCommand.Invalid(SmtpVerb.Bdat, SmtpReplies.InvalidChunkSize);
    }

    private static SmtpCommand WithoutArguments(ReadOnlySpan<byte> arguments, SmtpCommand command) =>
        arguments.IsEmpty ? command : new SmtpCommand.Invalid(command.Verb, SmtpReplies.InvalidArguments);

    private static SmtpCommand Named(ReadOnlySpan<byte> arguments, SmtpVerb verb, Func<string, SmtpCommand> create) =>
        arguments.IsEmpty ? new SmtpCommand.Invalid(verb, SmtpReplies.InvalidArguments) : create(Encoding.UTF8.GetString(arguments));

    /// <summary>Up to 20 digits (RFC 1870 §4, RFC 3030 §2) that fit a long.</summary>
    internal static bool TryParseNumber(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        return text.Length is > 0 and <= 20 && char.IsAsciiDigit((char)text[0])
            && Utf8Parser.TryParse(text, out value, out var read) && read == text.Length;
    }

    private static bool IsPrintable(ReadOnlySpan<byte> arguments) =>
        !arguments.ContainsAny(SmtpCharacters.Controls) && SmtpCharacters.IsText(arguments);
}
