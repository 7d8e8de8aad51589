using System.Diagnostics.CodeAnalysis;
using System.Text;
using Mail.Protocol.Mime;

namespace Mail.Protocol.Addresses;

/// <summary>Makes one mailbox of the tokens between two commas.</summary>
internal static class AddressItemReader
{
    internal static bool TryRead(AddressTokenizer source, List<AddressToken> tokens, [NotNullWhen(true)] out Mailbox? mailbox)
    {
        var open = tokens.FindLastIndex(static t => t.Special == '<');
        return open >= 0 ? TryReadAngle(source, tokens, open, out mailbox) : TryReadBare(source, tokens, out mailbox);
    }

    private static bool TryReadAngle(AddressTokenizer source, List<AddressToken> tokens, int open, [NotNullWhen(true)] out Mailbox? mailbox)
    {
        mailbox = null;
        var close = tokens.FindIndex(open, static t => t.Special == '>');
        if (close < 0) close = tokens.Count;
        // RFC 5322 §4.4 obs-route: read over, as RFC 5321 §4.1.1.3 asks for paths
        var begin = tokens.FindLastIndex(close - 1, close - 1 - open, static t => t.Special == ':') + 1;
        if (begin == 0) begin = open + 1;
        var at = tokens.FindLastIndex(close - 1, close - begin, static t => t.Special == '@');
        if (at < 0) return false;
        var domainEnd = at + 1;
        if (!TryReadDomain(source, tokens, ref domainEnd, close, out var domain)) return false;
        if (!TryMake(source, tokens, begin, at, domain, out var address)) return false;
        mailbox = new Mailbox(ReadPhrase(source, tokens, 0, open) ?? ReadComment(source, tokens), address);
        return true;
    }

    /// <summary><c>a@example.com (Name)</c>, and the stray <c>Name a@example.com</c>.</summary>
    private static bool TryReadBare(AddressTokenizer source, List<AddressToken> tokens, [NotNullWhen(true)] out Mailbox? mailbox)
    {
        mailbox = null;
        var at = tokens.FindIndex(static t => t.Special == '@');
        if (at < 0) return false;
        var begin = at;
        while (begin > 0 && JoinsNext(tokens, begin - 1, at)) begin--;
        var domainEnd = at + 1;
        if (!TryReadDomain(source, tokens, ref domainEnd, tokens.Count, out var domain)) return false;
        if (tokens.FindIndex(domainEnd, static t => t.Special == '@') >= 0) return false;
        if (!TryMake(source, tokens, begin, at, domain, out var address)) return false;
        mailbox = new Mailbox(ReadPhrase(source, tokens, 0, begin) ?? ReadComment(source, tokens), address);
        return true;
    }

    /// <summary>Walking left from the <c>@</c>: a word ends the local part unless a dot ties it to what follows.</summary>
    private static bool JoinsNext(List<AddressToken> tokens, int index, int at)
    {
        var token = tokens[index];
        if (token.Kind == AddressTokenKind.Comment) return true;
        var next = index + 1;
        while (next < at && tokens[next].Kind == AddressTokenKind.Comment) next++;
        if (next == at || token.Special == '.' || tokens[next].Special == '.') return true;
        return !tokens[next].SpaceBefore && next == index + 1;
    }

    private static bool TryReadDomain(
        AddressTokenizer source, List<AddressToken> tokens, ref int index, int end, [NotNullWhen(true)] out DomainName? domain)
    {
        domain = null;
        var builder = new StringBuilder();
        var afterWord = false;
        for (; index < end; index++)
        {
            var token = tokens[index];
            if (token.Kind == AddressTokenKind.Comment) continue;
            var isDot = token.Special == '.';
            if (!isDot && (afterWord || token.Kind is not (AddressTokenKind.Atom or AddressTokenKind.Literal))) break;
            if (builder.Length > 2 * EmailAddress.MaxOctets) return false;
            source.AppendValue(token, builder);
            afterWord = !isDot;
        }
        return DomainName.TryReadLenient(builder.ToString(), out domain);
    }

    private static bool TryMake(
        AddressTokenizer source, List<AddressToken> tokens, int begin, int at, DomainName domain, [NotNullWhen(true)] out EmailAddress? address)
    {
        address = null;
        var builder = new StringBuilder();
        var previousWord = false;
        for (var i = begin; i < at; i++)
        {
            var token = tokens[i];
            if (token.Kind == AddressTokenKind.Comment) continue;
            var word = token.Kind != AddressTokenKind.Special;
            if (word && previousWord && token.SpaceBefore) builder.Append(' ');
            source.AppendValue(token, builder);
            previousWord = word;
            if (builder.Length > 1000) return false;
        }
        var local = builder.ToString();
        if (local.Length == 0 || LocalPartSyntax.HasForbidden(local)) return false;
        var quoted = at - begin == 1 && tokens[begin].Kind == AddressTokenKind.Quoted;
        var isStrict = (quoted || LocalPartSyntax.IsDotString(local))
            && EmailAddress.TryParse(LocalPartSyntax.Write(local) + "@" + domain.Text, out _);
        address = new EmailAddress(local, domain, isStrict);
        return true;
    }

    internal static string? ReadPhrase(AddressTokenizer source, List<AddressToken> tokens, int begin, int end)
    {
        var builder = new StringBuilder();
        for (var i = begin; i < end; i++)
        {
            if (tokens[i].Kind == AddressTokenKind.Comment || tokens[i].Special is '<' or '>') continue;
            if (builder.Length > 0 && tokens[i].SpaceBefore) builder.Append(' ');
            source.AppendValue(tokens[i], builder);
        }
        return builder.Length == 0 ? null : EncodedWords.Decode(builder.ToString()).Trim();
    }

    private static string? ReadComment(AddressTokenizer source, List<AddressToken> tokens)
    {
        var index = tokens.FindLastIndex(static t => t.Kind == AddressTokenKind.Comment);
        if (index < 0) return null;
        var builder = new StringBuilder();
        source.AppendValue(tokens[index], builder);
        return EncodedWords.Decode(builder.ToString()).Trim();
    }
}
