namespace Mail.Core.Templates.Inlining;

/// <summary>
/// Matches selectors with all elements at once, compound by compound, so that it takes compounds times elements, however deep they nest.
/// </summary>
internal sealed class SelectorMatcher
{
    private readonly HtmlOutline _outline;
    private readonly InliningBudget _budget;
    private readonly HashSet<string> _names = [];
    private readonly bool _hasOtherClasses;
    private Matching[] _matches;
    private Matching[] _front;
    private readonly Matching[] _ancestors;

    public SelectorMatcher(HtmlOutline outline, InliningBudget budget)
    {
        (_outline, _budget) = (outline, budget);
        (_matches, _front, _ancestors) = (NewRow(), NewRow(), NewRow());
        foreach (var element in outline.Elements)
        {
            _names.Add(element.Name);
            foreach (var one in element.Classes.Certain.Concat(element.Classes.Possible))
                _names.Add("." + one);
            _hasOtherClasses |= element.Classes.IsOpen || element.Attributes is null;
        }
    }

    /// <summary>For each element whether the selector matches it; nothing when it matches none. Valid until the next call.</summary>
    public ReadOnlySpan<Matching> Match(CssSelector selector)
    {
        if (!selector.Compounds.All(CanMatch) || !MatchAll(selector.Compounds[^1], _matches))
            return [];
        if (selector.Compounds.Count == 1)
            return _matches;
        if (!MatchAll(selector.Compounds[0], _matches))
            return [];
        for (var i = 1; i < selector.Compounds.Count; i++)
        {
            (_front, _matches) = (_matches, _front);
            if (!MatchAll(selector.Compounds[i], _matches) || !Tie(selector.Combinators[i - 1]))
                return [];
        }
        return _matches;
    }

    // Most selectors of a large sheet end here.
    private bool CanMatch(CssCompound compound) =>
        (compound.Type is null || _names.Contains(compound.Type))
        && (_hasOtherClasses || compound.Classes.All(one => _names.Contains("." + one)));

    private bool MatchAll(CssCompound compound, Matching[] row)
    {
        var elements = _outline.Elements;
        var any = false;
        if (!_budget.Spend(elements.Count))
            return false;
        for (var i = 0; i < elements.Count; i++)
        {
            row[i] = compound.Match(elements[i]);
            any |= row[i] != Matching.No;
        }
        return any;
    }

    /// <summary>Keeps of the matches those that stand rightly to a match of the compound in front.</summary>
    private bool Tie(Combinator combinator)
    {
        var any = false;
        for (var i = 0; i < _matches.Length; i++)
        {
            var element = _outline.Elements[i];
            var parent = element.Parent!.Index;
            _ancestors[i] = parent < 0 ? Matching.No : Most(_front[parent], _ancestors[parent]);
            if (_matches[i] == Matching.No)
                continue;
            var isSure = combinator == Combinator.Adjacent ? element.PreviousIsSure : element.ParentsAreSure;
            // The compound in front matches something, or this would not have been asked.
            var tie = !isSure ? Matching.Maybe : combinator switch
            {
                Combinator.Descendant => _ancestors[i],
                Combinator.Child => parent < 0 ? Matching.No : _front[parent],
                _ => element.Previous is { } previous ? _front[previous.Index] : Matching.No,
            };
            if (tie < _matches[i])
                _matches[i] = tie;
            any |= _matches[i] != Matching.No;
        }
        return any;
    }

    private Matching[] NewRow() => new Matching[_outline.Elements.Count];

    private static Matching Most(Matching one, Matching other) => one > other ? one : other;
}

/// <summary>How much work one template may make.</summary>
internal sealed class InliningBudget(TimeProvider clock, TimeSpan maxTime)
{
    private const long MaxSteps = 50_000_000;
    private readonly long _start = clock.GetTimestamp();
    private long _steps;

    public bool IsSpent { get; private set; }

    /// <summary>False when there is nothing left.</summary>
    public bool Spend(int steps)
    {
        _steps += steps;
        IsSpent |= _steps > MaxSteps || clock.GetElapsedTime(_start) > maxTime;
        return !IsSpent;
    }
}
