using System.Globalization;

namespace Mail.Core.Sandbox;

/// <summary>What a sandbox address asks for.</summary>
public abstract record SandboxScript
{
    private SandboxScript()
    {
    }

    /// <summary><c>delivered</c></summary>
    public sealed record Deliver : SandboxScript;

    /// <summary><c>bounce+550</c>: refused for good.</summary>
    public sealed record Bounce(int Code) : SandboxScript;

    /// <summary><c>defer+451x2</c>: refused for now so many times, then taken.</summary>
    public sealed record Defer(int Code, int Times) : SandboxScript;

    /// <summary><c>slow+30s</c>: taken, but the answer is late.</summary>
    public sealed record Slow(TimeSpan For) : SandboxScript;

    /// <summary><c>dsn-later+60s</c>: taken, and bounced by a report after that time.</summary>
    public sealed record BounceLater(TimeSpan After) : SandboxScript;

    /// <summary><c>complaint</c>: taken, and complained about.</summary>
    public sealed record Complain : SandboxScript;

    /// <summary><c>open</c>: taken, and opened.</summary>
    public sealed record Open : SandboxScript;

    /// <summary><c>click</c>: taken, and its first tracked link followed.</summary>
    public sealed record Click : SandboxScript;

    /// <summary>
    /// Reads a local part. Behind the last word of each there may be a label, as in <c>delivered+order-17</c>, which means nothing.
    /// Null when it asks for nothing that there is, or for more than there may be.
    /// </summary>
    public static SandboxScript? TryParse(string localPart, SandboxOptions options)
    {
        var words = localPart.ToLowerInvariant().Split('+');
        return words[0] switch
        {
            "delivered" when HasLabel(words, 1) => new Deliver(),
            "complaint" when HasLabel(words, 1) => new Complain(),
            "open" when HasLabel(words, 1) => new Open(),
            "click" when HasLabel(words, 1) => new Click(),
            _ when words.Length < 2 || !HasLabel(words, 2) => null,
            "bounce" => CodeOf(words[1], '5') is { } code ? new Bounce(code) : null,
            "defer" => TryParseDefer(words[1], options),
            "slow" => TimeOf(words[1], options.MaxSlow) is { } time ? new Slow(time) : null,
            "dsn-later" => TimeOf(words[1], options.MaxLater) is { } time ? new BounceLater(time) : null,
            _ => null,
        };
    }

    private static Defer? TryParseDefer(string text, SandboxOptions options) => text.Split('x') switch
    {
        [var code, var times] when CodeOf(code, '4') is { } number && NumberOf(times) is { } count && count >= 1 && count <= options.MaxDefers =>
            new Defer(number, count),
        _ => null,
    };

    private static bool HasLabel(string[] words, int at) => words.Length <= at + 1;

    // RFC 5321 §4.2.1: the second digit goes to 5.
    private static int? CodeOf(string text, char first) =>
        text.Length == 3 && text[0] == first && text[1] is >= '0' and <= '5' ? NumberOf(text) : null;

    private static TimeSpan? TimeOf(string text, TimeSpan most)
    {
        if (text.Length < 2 || NumberOf(text[..^1]) is not { } number)
            return null;
        TimeSpan? time = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            _ => null,
        };
        return time > TimeSpan.Zero && time <= most ? time : null;
    }

    // Few digits, so that nothing overflows.
    private static int? NumberOf(string text) =>
        text.Length is > 0 and <= 5 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
