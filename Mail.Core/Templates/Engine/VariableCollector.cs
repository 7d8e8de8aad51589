namespace Mail.Core.Templates.Engine;

/// <summary>Finds the variables that templates mention, with what they are used as.</summary>
internal sealed class VariableCollector
{
    private readonly Dictionary<string, Found> _found = [];

    /// <summary>The variables of all parts together, in the order they are met.</summary>
    public static IReadOnlyList<Found> Collect(IEnumerable<CompiledTemplate> parts)
    {
        var collector = new VariableCollector();
        foreach (var part in parts)
            collector.VisitAll(part.Nodes);
        return [.. collector._found.Values];
    }

    private void VisitAll(Node[] nodes)
    {
        foreach (var node in nodes)
            Visit(node);
    }

    private void Visit(Node node)
    {
        switch (node)
        {
            case OutputNode output:
                Visit(output.Expression, VariableKind.Text, isRequired: true);
                break;
            case IfNode choice:
                Visit(choice.Condition, VariableKind.Unknown, isRequired: false);
                VisitAll(choice.Body);
                VisitAll(choice.Otherwise);
                break;
            case EachNode each:
                Visit(each.List, VariableKind.List, isRequired: !each.HasElse);
                VisitAll(each.Body);
                VisitAll(each.Otherwise);
                break;
        }
    }

    private void Visit(Expression expression, VariableKind kind, bool isRequired)
    {
        if (expression is PathExpression path)
            Add(path.Place, kind, isRequired);
        if (expression is not CallExpression call)
            return;
        var first = call.Helper.Expects == VariableKind.Unknown ? kind : call.Helper.Expects;
        for (var i = 0; i < call.Arguments.Length; i++)
        {
            var isLast = i == call.Arguments.Length - 1;
            var needed = isRequired && (call.Helper.TakesLast ? isLast : !call.Helper.TakesMissing);
            Visit(call.Arguments[i], i == 0 || call.Helper.TakesMissing ? first : VariableKind.Text, needed);
        }
        foreach (var named in call.Named)
            Visit(named.Value, VariableKind.Text, isRequired: false);
    }

    private void Add(ModelPlace place, VariableKind kind, bool isRequired)
    {
        if (place is { Name: "length", Parent: { Parent: not null } list })
        {
            (place, kind, isRequired) = (list, VariableKind.List, false);
        }
        if (place.Parent is null)
            return;
        for (var above = place.Parent; above?.Parent is not null; above = above.Parent)
        {
            if (_found.TryGetValue(above.ToString(), out var holder) && holder.Kind < VariableKind.List)
                holder.Kind = VariableKind.Object;
        }
        var path = place.ToString();
        if (!_found.TryGetValue(path, out var found))
            _found.Add(path, found = new Found(path, place));
        if (kind > found.Kind)
            found.Kind = kind;
        found.IsRequired |= isRequired;
    }

    internal sealed class Found(string path, ModelPlace place)
    {
        public string Path => path;

        public ModelPlace Place => place;

        public VariableKind Kind { get; set; }

        public bool IsRequired { get; set; }
    }
}
