using System.Globalization;
using Mail.Worker.Delivery;

namespace Mail.Worker.Shaping;

/// <summary>What a destination's words make us do.</summary>
/// <param name="Factor">The part of the speed that is left; null: nothing is sent.</param>
internal sealed record Reaction(double? Factor, TimeSpan Duration);

/// <summary>One line of the rules: when a destination says this, do that.</summary>
internal sealed record ReactionRule(string Provider, string Code, IReadOnlyList<string> Phrases, Reaction Reaction)
{
    private const string AnyProvider = "*";

    public bool Fits(string provider, Verdict verdict) =>
        (Provider == AnyProvider || Provider == provider) && HasCode(verdict)
        && Phrases.All(phrase => verdict.Reply?.Contains(phrase, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>Reads "slow 0.5 10m" or "suspend 30m".</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static Reaction ParseReaction(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["suspend", var time] => new Reaction(null, ParseTime(time)),
        ["slow", var factor, var time] when double.Parse(factor, CultureInfo.InvariantCulture) is > 0 and < 1 and var left =>
            new Reaction(left, ParseTime(time)),
        _ => throw new FormatException($"'{text}' is neither 'slow <factor> <time>' nor 'suspend <time>'."),
    };

    private bool HasCode(Verdict verdict)
    {
        if (Code.Contains('.'))
            return verdict.EnhancedCode == Code;
        var code = verdict.SmtpCode?.ToString(CultureInfo.InvariantCulture);
        return code?.StartsWith(Code, StringComparison.Ordinal) == true;
    }

    private static TimeSpan ParseTime(string text)
    {
        var amount = int.Parse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture);
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(amount),
            'm' => TimeSpan.FromMinutes(amount),
            'h' => TimeSpan.FromHours(amount),
            _ => throw new FormatException($"'{text}' is no time such as 30s, 15m or 2h."),
        };
    }
}
