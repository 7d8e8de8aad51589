using System.Globalization;
using Mail.Worker.Delivery;

namespace Mail.Worker.Shaping;

/// <summary>The providers and reactions of <c>shaping-rules.txt</c>, behind those of the operator.</summary>
internal sealed class ShapingRules
{
    private readonly List<Provider> _providers = [];
    private readonly List<ReactionRule> _reactions = [];

    private ShapingRules()
    {
    }

    /// <summary>The rules that come with the product.</summary>
    public static ShapingRules Default { get; } = Read([OpenDefault()]);

    public IReadOnlyList<Provider> Providers => _providers;

    /// <summary>The operator's file, then the product's.</summary>
    /// <exception cref="FormatException">A line is no rule.</exception>
    public static ShapingRules ReadWith(string? file)
    {
        if (file is null)
            return Default;
        using var own = File.OpenText(file);
        return Read([own, OpenDefault()]);
    }

    /// <summary>Reads one source after the other; earlier ones win.</summary>
    /// <exception cref="FormatException">A line is no rule.</exception>
    public static ShapingRules Read(IReadOnlyList<TextReader> sources)
    {
        var rules = new ShapingRules();
        foreach (var source in sources)
        {
            using (source)
            {
                for (var number = 1; source.ReadLine() is { } line; number++)
                    rules.Add(line, number);
            }
        }
        return rules;
    }

    /// <summary>By domain, or because its best MX hosts are the provider's.</summary>
    public Provider? ProviderOf(string domain, string firstHost) =>
        _providers.Find(provider => provider.HasDomain(domain)) ?? _providers.Find(provider => provider.HasHost(firstHost));

    /// <summary>Null when the words mean nothing for our speed.</summary>
    public Reaction? ReactionTo(string provider, Verdict verdict) =>
        verdict.SmtpCode is >= 400 and < 500 ? _reactions.Find(rule => rule.Fits(provider, verdict))?.Reaction : null;

    private void Add(string line, int number)
    {
        if (line.Length == 0 || line[0] == '#' || line.StartsWith("version ", StringComparison.Ordinal))
            return;
        try
        {
            switch (line.Split('|', StringSplitOptions.TrimEntries))
            {
                case ["provider", var name, var patterns, var limits]:
                    if (!_providers.Exists(provider => provider.Name == name))
                        _providers.Add(new Provider(name, patterns.Split(' ', StringSplitOptions.RemoveEmptyEntries), ParseLimits(limits)));
                    break;
                case ["react", var provider, var code, var action, var phrases]:
                    _reactions.Add(new ReactionRule(provider, code,
                        phrases.Split('&', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), ReactionRule.ParseReaction(action)));
                    break;
                default:
                    throw new FormatException("neither 'provider | name | names | limits' nor 'react | provider | code | what | phrases'");
            }
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            throw new FormatException($"Shaping rules, line {number}: {error.Message}");
        }
    }

    private static Limits ParseLimits(string text)
    {
        var limits = Limits.None;
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            limits = part.Split('=') switch
            {
                ["connections", var value] => limits with { Connections = Positive(value) },
                ["messages", var value] => limits with { MessagesPerConnection = Positive(value) },
                ["opens", var value] => limits with { OpensPerMinute = PerSecond(value) * 60 },
                ["rate", var value] => limits with { MessagesPerSecond = PerSecond(value) },
                _ => throw new FormatException($"'{part}' is no limit"),
            };
        }
        return limits;
    }

    private static int Positive(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) is > 0 and var value
        ? value
        : throw new FormatException($"'{text}' is no positive number");

    private static double PerSecond(string text) => text.Split('/') switch
    {
        [var amount, "s"] => Positive(amount),
        [var amount, "min"] => Positive(amount) / 60.0,
        [var amount, "h"] => Positive(amount) / 3600.0,
        _ => throw new FormatException($"'{text}' is no rate such as 10/s, 60/min or 500/h"),
    };

    private static StreamReader OpenDefault() => new(
        typeof(ShapingRules).Assembly.GetManifestResourceStream("shaping-rules.txt")
        ?? throw new InvalidOperationException("The shaping rules are missing from the assembly."));
}
