namespace Mail.Core.Templates.Engine;

/// <summary>The each blocks around the place that is being read, and what names mean inside them.</summary>
internal sealed class TemplateScopes
{
    private readonly List<ModelPlace> _places = [ModelPlace.Root];

    /// <summary>How many each blocks are open.</summary>
    public int Depth => _places.Count - 1;

    /// <summary>Enters an each block over the list.</summary>
    public void Enter(Expression list)
    {
        // What a helper chose cannot be named; the item then stands for itself.
        var place = list is PathExpression path ? path.Place : ModelPlace.Root.Member("(list)");
        _places.Add(place.Item(Depth + 1));
    }

    public void Leave() => _places.RemoveAt(_places.Count - 1);

    /// <summary>Reads <c>a.b</c>, <c>this.a</c>, <c>../a</c>, <c>@index</c>, <c>../@index</c>, <c>@root.a</c>, <c>a.[b c]</c>.</summary>
    public (Expression? Expression, string? Problem) PathOf(string word, int position)
    {
        var rest = word.AsSpan();
        var up = 0;
        while (rest.StartsWith("../") || rest is "..")
        {
            up++;
            rest = rest[Math.Min(3, rest.Length)..];
        }
        if (up > Depth)
            return (null, $"'{word}' leaves {up} blocks, but only {Depth} {{{{#each}}}} are open here.");
        if (rest is ['@', .. var fact] && !rest.StartsWith("@root"))
            return LoopFactOf(fact, word, up, position);
        var fromRoot = rest.StartsWith("@root");
        if (fromRoot)
            rest = rest[5..];
        else if (rest.StartsWith("this") && (rest.Length == 4 || rest[4] is '.' or '/'))
            rest = rest[4..];
        if (rest is ['.' or '/', .. var behind])
            rest = behind;
        if (SegmentsOf(rest) is not { } segments)
            return (null, $"'{word}' is not a path such as 'order.total'.");
        var place = fromRoot ? ModelPlace.Root : _places[^(up + 1)];
        foreach (var segment in segments)
            place = place.Member(segment);
        return (new PathExpression(fromRoot ? PathExpression.FromRoot : up, segments, place, position), null);
    }

    private (Expression?, string?) LoopFactOf(ReadOnlySpan<char> name, string word, int up, int position)
    {
        LoopFact? fact = name switch
        {
            "index" => LoopFact.Index,
            "first" => LoopFact.First,
            "last" => LoopFact.Last,
            "key" => LoopFact.Key,
            _ => null,
        };
        if (fact is null)
            return (null, $"There is no '{word}'; there are @index, @first, @last, @key and @root.");
        return up >= Depth
            ? (null, $"'{word}' has a meaning inside {{{{#each}}}} only.")
            : (new LoopExpression(fact.Value, up, position), null);
    }

    private static string[]? SegmentsOf(ReadOnlySpan<char> path)
    {
        var segments = new List<string>();
        while (path.Length > 0)
        {
            var length = path[0] == '[' ? path.IndexOf(']') + 1 : NameLength(path);
            if (length == 0)
                return null;
            segments.Add((path[0] == '[' ? path[1..(length - 1)] : path[..length]).ToString());
            path = path[length..];
            // A dot, and something behind it.
            if (path.Length == 1 || (path.Length > 1 && path[0] != '.'))
                return null;
            if (path.Length > 1)
                path = path[1..];
        }
        return [.. segments];
    }

    private static int NameLength(ReadOnlySpan<char> path)
    {
        var end = 0;
        while (end < path.Length && (char.IsLetterOrDigit(path[end]) || path[end] is '_' or '-' or '$'))
            end++;
        return end;
    }
}
