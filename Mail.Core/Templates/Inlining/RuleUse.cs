namespace Mail.Core.Templates.Inlining;

/// <summary>What becomes of a rule.</summary>
internal sealed class RuleUse(CssRule rule)
{
    public CssRule Rule => rule;

    /// <summary>For each of its selectors, whether it was written into elements.</summary>
    public bool[] IsInlined { get; } = new bool[rule.Selectors.Count];

    /// <summary>Whether it styles something whose look is known only when the template is rendered.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Whether it is needed where it stands, whatever was written into elements.</summary>
    public bool Stays { get; set; }
}

/// <param name="Specificity">Of the selector that matched.</param>
/// <param name="IsSure">Whether the rule styles the element whatever the variables are.</param>
internal readonly record struct RuleMatch(RuleUse Use, int Specificity, bool IsSure);
