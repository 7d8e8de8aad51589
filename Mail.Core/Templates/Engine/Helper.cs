namespace Mail.Core.Templates.Engine;

/// <summary>A function that templates may call. The set is fixed: nothing of the host can be reached through it.</summary>
/// <param name="Usage">The arguments it is called with, for error messages.</param>
/// <param name="Expects">What its first argument is, for the list of variables.</param>
/// <param name="Evaluate">Total: whatever it is given it answers, or ends the rendering with a reason.</param>
internal sealed record Helper(
    string Name, int MinArguments, int MaxArguments, string Usage, VariableKind Expects,
    Func<CallExpression, RenderState, TemplateValue> Evaluate)
{
    /// <summary>Whether it answers the last argument when all others have no value.</summary>
    public bool TakesLast { get; init; }

    /// <summary>Whether its arguments may be missing.</summary>
    public bool TakesMissing { get; init; }

    public string[] Named { get; init; } = [];
}

/// <summary>All helpers, by name.</summary>
internal static class Helpers
{
    private static readonly Dictionary<string, Helper> _all = Logic().Concat(Texts()).ToDictionary(helper => helper.Name);

    public static IEnumerable<string> Names => _all.Keys;

    public static Helper? Find(string name) => _all.GetValueOrDefault(name);

    private static IEnumerable<Helper> Logic() =>
    [
        new("default", 2, 2, "value \"instead\"", VariableKind.Text, LogicHelpers.Default) { TakesLast = true, TakesMissing = true },
        new("or", 2, 16, "a b", VariableKind.Unknown, LogicHelpers.Or) { TakesLast = true, TakesMissing = true },
        new("and", 2, 16, "a b", VariableKind.Unknown, LogicHelpers.And) { TakesMissing = true },
        new("not", 1, 1, "value", VariableKind.Unknown, LogicHelpers.Not) { TakesMissing = true },
        new("eq", 2, 2, "a b", VariableKind.Unknown, LogicHelpers.Equal) { TakesMissing = true },
        new("ne", 2, 2, "a b", VariableKind.Unknown, LogicHelpers.NotEqual) { TakesMissing = true },
        new("gt", 2, 2, "a b", VariableKind.Number, LogicHelpers.Greater) { TakesMissing = true },
        new("lt", 2, 2, "a b", VariableKind.Number, LogicHelpers.Less) { TakesMissing = true },
    ];

    private static IEnumerable<Helper> Texts() =>
    [
        new("upper", 1, 1, "text", VariableKind.Text, TextHelpers.Upper),
        new("lower", 1, 1, "text", VariableKind.Text, TextHelpers.Lower),
        new("truncate", 2, 3, "text 20", VariableKind.Text, TextHelpers.Truncate),
        new("urlencode", 1, 1, "text", VariableKind.Text, TextHelpers.UrlEncode),
        new("formatDate", 1, 2, "date \"d MMMM yyyy\"", VariableKind.Date, FormatHelpers.Date) { Named = ["timezone", "locale"] },
        new("formatNumber", 1, 2, "number 2", VariableKind.Number, FormatHelpers.Number) { Named = ["locale"] },
    ];
}
