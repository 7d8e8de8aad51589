using System.Text;
using Mail.Protocol.Dkim;

namespace Mail.Protocol.Arc;

/// <summary>One of the three fields of a set.</summary>
internal sealed record ArcField(int Instance, RawField Raw, TagList? Tags);

/// <summary>The three fields of an instance (RFC 8617 §4.2).</summary>
internal sealed record ArcFields(ArcField Results, ArcField MessageSignature, ArcField Seal);

/// <summary>The ARC fields of a message, in order and checked for form, not for signatures.</summary>
internal sealed class ArcChain
{
    // RFC 8617 §4.2.1: the maximum instance.
    public const int MaxSets = 50;

    public required IReadOnlyList<ArcFields> Sets { get; init; }

    /// <summary>What is wrong with the form; null when nothing is.</summary>
    public string? Fault { get; init; }

    /// <summary>The highest instance that any of the fields claims.</summary>
    public int HighestInstance { get; init; }

    /// <summary>The newest seal says that the chain was broken before.</summary>
    public bool IsSealedAsFailed { get; init; }

    public static ArcChain Read(RawHeader header)
    {
        var results = Collect(header, "ARC-Authentication-Results"u8, ResultsInstance);
        var signatures = Collect(header, "ARC-Message-Signature"u8, TagInstance);
        var seals = Collect(header, "ARC-Seal"u8, TagInstance);
        var count = Math.Max(results.Count, Math.Max(signatures.Count, seals.Count));
        var highest = results.Concat(signatures).Concat(seals).Select(field => field.Instance).DefaultIfEmpty(0).Max();
        var fault = count > MaxSets ? "more than 50 sets" : Misnumbered(results, count) ?? Misnumbered(signatures, count) ?? Misnumbered(seals, count);
        return new ArcChain
        {
            Fault = fault,
            HighestInstance = highest,
            IsSealedAsFailed = seals.Find(seal => seal.Instance == highest)?.Tags?.Compact("cv") == "fail",
            Sets = fault is null ? [.. results.Zip(signatures, seals).Select(set => new ArcFields(set.First, set.Second, set.Third))] : [],
        };
    }

    /// <summary>The payload of an ARC-Authentication-Results field behind the instance.</summary>
    public static string PayloadOf(RawHeader header, ArcField results)
    {
        var value = header.Value(results.Raw);
        var text = Encoding.UTF8.GetString(value[(value.IndexOf((byte)';') + 1)..]);
        return string.Join(' ', text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    private static List<ArcField> Collect(RawHeader header, ReadOnlySpan<byte> name, Func<RawHeader, RawField, ArcField> read)
    {
        var found = new List<ArcField>();
        foreach (var field in header.Fields)
        {
            if (header.Is(field, name))
                found.Add(read(header, field));
        }

        found.Sort((a, b) => a.Instance.CompareTo(b.Instance));
        return found;
    }

    // RFC 8617 §5.2, step 3: every instance from 1 to N exactly once.
    private static string? Misnumbered(List<ArcField> fields, int count)
    {
        if (fields.Count != count)
            return "incomplete set";
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Instance != i + 1)
                return "instances are not in sequence";
        }

        return null;
    }

    private static ArcField TagInstance(RawHeader header, RawField field)
    {
        var tags = TagList.Parse(header.Value(field));
        return new ArcField(Instance(tags?.Compact("i")), field, tags);
    }

    // RFC 8617 §4.1.1: "i=N;" comes first; what follows is no tag list.
    private static ArcField ResultsInstance(RawHeader header, RawField field)
    {
        var value = header.Value(field);
        var semicolon = value.IndexOf((byte)';');
        var tags = semicolon < 0 ? null : TagList.Parse(value[..semicolon]);
        return new ArcField(Instance(tags?.Compact("i")), field, tags);
    }

    /// <summary>0, which no chain has, for anything that is no instance.</summary>
    private static int Instance(string? text) =>
        text is { Length: 1 or 2 } && int.TryParse(text, System.Globalization.NumberStyles.None, null, out var instance)
        && instance <= MaxSets ? instance : 0;
}
