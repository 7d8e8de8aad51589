using System.Globalization;

namespace Mail.Protocol.Bounces;

/// <summary>
/// Tells from a refusal why it was given. A pure function over an ordered list of rules; the first that fits decides.
/// Each rule takes time linear in the text. Safe for concurrent use.
/// </summary>
public sealed class BounceClassifier
{
    private readonly BounceRule[] _rules;

    private BounceClassifier(int version, BounceRule[] rules) => (Version, _rules) = (version, rules);

    /// <summary>The classifier with the rules that come with the product.</summary>
    public static BounceClassifier Default { get; } = Load();

    /// <summary>Version of the rules; rises with every change, so that stored verdicts can be told apart.</summary>
    public int Version { get; }

    internal IEnumerable<BounceRule> Rules => _rules;

    /// <summary>The verdict on a reply.</summary>
    public BounceVerdict Classify(BounceReply reply)
    {
        var text = ReplyText.Of(reply);
        var rule = Array.Find(_rules, rule => rule.Fits(reply.Stage, text));
        var bounceClass = rule?.Class ?? BounceClass.Undetermined;
        return new BounceVerdict(bounceClass, EffectOf(bounceClass, text), text.IsPermanent, rule?.Id ?? "", rule?.Provider ?? "");
    }

    /// <summary>Reads rules in the form of the embedded file: "version N", comments with '#', then one rule per line.</summary>
    /// <exception cref="FormatException">A line that is no rule, two rules with one id, or no version.</exception>
    public static BounceClassifier Read(TextReader source)
    {
        var version = 0;
        var rules = new List<BounceRule>();
        while (source.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (version == 0 && line.StartsWith("version ", StringComparison.Ordinal))
                version = int.Parse(line.AsSpan(8), CultureInfo.InvariantCulture);
            else
                rules.Add(BounceRule.Parse(line));
        }

        if (version == 0 || rules.DistinctBy(rule => rule.Id).Count() != rules.Count)
            throw new FormatException("Bounce rules need a version and unique ids.");
        return new BounceClassifier(version, [.. rules]);
    }

    private static BounceEffect EffectOf(BounceClass bounceClass, ReplyText reply)
    {
        var effect = bounceClass switch
        {
            BounceClass.AutoReply => BounceEffect.None,
            BounceClass.RecipientUnknown or BounceClass.RecipientInactive or BounceClass.DomainUnknown =>
                reply.IsPermanent ? BounceEffect.Hard : BounceEffect.Soft,
            BounceClass.MailboxFull or BounceClass.Expired => BounceEffect.Soft,
            BounceClass.Undetermined => reply.IsPermanent ? BounceEffect.Soft : BounceEffect.Infrastructure,
            BounceClass.MessageTooLarge or BounceClass.SpamContent or BounceClass.Reputation or BounceClass.Authentication
                or BounceClass.Policy or BounceClass.SenderRejected or BounceClass.RelayDenied or BounceClass.Greylisted
                or BounceClass.RateLimited or BounceClass.Network or BounceClass.Tls or BounceClass.Dns
                or BounceClass.ServerTrouble or BounceClass.Protocol or BounceClass.Loop => BounceEffect.Infrastructure,
            _ => throw new ArgumentOutOfRangeException(nameof(bounceClass)),
        };

        // RFC 3463 §3.8: x.7.x is about security and policy, whatever the text says of the mailbox; it never condemns an address.
        return reply.Subject == 7 && effect != BounceEffect.None ? BounceEffect.Infrastructure : effect;
    }

    private static BounceClassifier Load()
    {
        using var stream = typeof(BounceClassifier).Assembly.GetManifestResourceStream("Mail.Protocol.Bounces.bounce-rules.txt")
            ?? throw new InvalidOperationException("The bounce rules are missing from the assembly.");
        using var reader = new StreamReader(stream);
        return Read(reader);
    }
}
