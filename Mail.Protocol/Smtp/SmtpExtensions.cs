using System.Globalization;

namespace Mail.Protocol.Smtp;

/// <summary>What a server's EHLO reply offers (RFC 5321 §4.1.1.1). Keywords compare without case.</summary>
public sealed class SmtpExtensions
{
    private const int MaxKeywords = 128;
    private readonly Dictionary<string, string> _keywords = new(StringComparer.OrdinalIgnoreCase);

    private SmtpExtensions(string serverName) => ServerName = serverName;

    /// <summary>No extensions: the server answered HELO.</summary>
    public static SmtpExtensions None { get; } = new("");

    /// <summary>The name on the first line of the reply; empty when there is none.</summary>
    public string ServerName { get; }

    /// <summary>All keywords with their parameters as one string.</summary>
    public IReadOnlyDictionary<string, string> Keywords => _keywords;

    /// <summary>RFC 2920.</summary>
    public bool Pipelining { get; private set; }

    /// <summary>RFC 3207.</summary>
    public bool StartTls { get; private set; }

    /// <summary>RFC 6152.</summary>
    public bool EightBitMime { get; private set; }

    /// <summary>RFC 6531.</summary>
    public bool SmtpUtf8 { get; private set; }

    /// <summary>RFC 3030.</summary>
    public bool Chunking { get; private set; }

    /// <summary>RFC 3461.</summary>
    public bool Dsn { get; private set; }

    /// <summary>RFC 2034.</summary>
    public bool EnhancedStatusCodes { get; private set; }

    /// <summary>RFC 8689.</summary>
    public bool RequireTls { get; private set; }

    /// <summary>RFC 1870: SIZE is offered.</summary>
    public bool Size { get; private set; }

    /// <summary>RFC 1870 §3: largest message in octets; null when not said or unlimited.</summary>
    public long? MaxSize { get; private set; }

    /// <summary>RFC 4954: SASL mechanisms in upper case, in the server's order.</summary>
    public IReadOnlyList<string> AuthMechanisms { get; private set; } = [];

    /// <summary>The keyword is offered.</summary>
    public bool Offers(string keyword) => _keywords.ContainsKey(keyword);

    /// <summary>Reads an EHLO reply; malformed lines are passed over, as servers send banners there.</summary>
    public static SmtpExtensions Parse(SmtpReply ehloReply)
    {
        var extensions = new SmtpExtensions(FirstWord(ehloReply.Lines[0]));
        foreach (var line in ehloReply.Lines.Skip(1).Take(MaxKeywords))
            extensions.Add(line);
        return extensions;
    }

    private void Add(string line)
    {
        var keyword = FirstWord(line);
        var parameters = line[keyword.Length..].Trim();
        // "AUTH=LOGIN" was the form of clients before RFC 2554; servers still send it beside the right one.
        if (keyword.StartsWith("AUTH=", StringComparison.OrdinalIgnoreCase))
            (keyword, parameters) = ("AUTH", keyword[5..] + " " + parameters);
        if (keyword.Length == 0 || !new SmtpParameter(keyword, null).IsWellFormed)
            return;
        _keywords[keyword] = parameters;
        switch (keyword.ToUpperInvariant())
        {
            case "PIPELINING": Pipelining = true; break;
            case "STARTTLS": StartTls = true; break;
            case "8BITMIME": EightBitMime = true; break;
            case "SMTPUTF8": SmtpUtf8 = true; break;
            case "CHUNKING": Chunking = true; break;
            case "DSN": Dsn = true; break;
            case "ENHANCEDSTATUSCODES": EnhancedStatusCodes = true; break;
            case "REQUIRETLS": RequireTls = true; break;
            case "SIZE": AddSize(parameters); break;
            case "AUTH": AddMechanisms(parameters); break;
        }
    }

    private void AddSize(string parameters)
    {
        Size = true;
        // RFC 1870 §3: zero means that there is no fixed maximum.
        if (long.TryParse(parameters, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0)
            MaxSize = size;
    }

    private void AddMechanisms(string parameters)
    {
        var added = parameters.ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        AuthMechanisms = [.. AuthMechanisms.Union(added)];
    }

    private static string FirstWord(string line)
    {
        var space = line.IndexOfAny([' ', '\t']);
        return space < 0 ? line : line[..space];
    }
}
