namespace Mail.Core.Templates.Engine;

/// <summary>What stands in a tag.</summary>
/// <param name="Position">Where in the source, for errors.</param>
internal abstract record Expression(int Position)
{
    public abstract TemplateValue Evaluate(RenderState state);

    /// <summary>Notes the names of the variables whose absence left this without a value.</summary>
    public virtual void ReportMissing(RenderState state)
    {
    }

    /// <summary>The value where one is needed: its absence is reported.</summary>
    public TemplateValue Require(RenderState state)
    {
        var value = Evaluate(state);
        if (value.IsNothing)
            ReportMissing(state);
        return value;
    }
}

internal sealed record LiteralExpression(TemplateValue Value, int Position) : Expression(Position)
{
    public override TemplateValue Evaluate(RenderState state) => Value;
}

/// <summary>A path into the model: <c>a.b</c>, <c>this</c>, <c>../a</c>, <c>@root.a</c>.</summary>
/// <param name="Up">How many enclosing each blocks it leaves; negative from the root.</param>
/// <param name="Place">Its name from the root, as far as that can be told from the template alone.</param>
internal sealed record PathExpression(int Up, string[] Segments, ModelPlace Place, int Position) : Expression(Position)
{
    public const int FromRoot = -1;

    public override TemplateValue Evaluate(RenderState state)
    {
        var value = Up == FromRoot ? state.Root : state.Frame(Up).Value;
        foreach (var segment in Segments)
        {
            switch (value.Kind)
            {
                case ValueKind.Map:
                    value = value.Map.Find(segment);
                    break;
                case ValueKind.List:
                    value = ItemOf(value.List, segment);
                    break;
                default:
                    return TemplateValue.Missing;
            }
        }
        return value;
    }

    public override void ReportMissing(RenderState state) => state.AddMissing(Place);

    private static TemplateValue ItemOf(TemplateValue[] items, string segment)
    {
        if (segment == "length")
            return TemplateValue.Of(items.Length);
        return int.TryParse(segment, System.Globalization.NumberStyles.None, null, out var index) && index < items.Length
            ? items[index]
            : TemplateValue.Missing;
    }
}

/// <summary>What an each block says of its current round: <c>@index</c>, <c>@first</c>, <c>@last</c>, <c>@key</c>.</summary>
internal sealed record LoopExpression(LoopFact Fact, int Up, int Position) : Expression(Position)
{
    public override TemplateValue Evaluate(RenderState state)
    {
        var frame = state.Frame(Up);
        return Fact switch
        {
            LoopFact.Index => TemplateValue.Of(frame.Index),
            LoopFact.First => TemplateValue.Of(frame.Index == 0),
            LoopFact.Last => TemplateValue.Of(frame.Index == frame.Count - 1),
            _ => frame.Key is { } key ? TemplateValue.Of(key) : TemplateValue.Of(frame.Index),
        };
    }
}

internal enum LoopFact
{
    Index,
    First,
    Last,
    Key,
}

/// <summary>A helper with its arguments.</summary>
internal sealed record CallExpression(Helper Helper, Expression[] Arguments, NamedArgument[] Named, int Position) : Expression(Position)
{
    public override TemplateValue Evaluate(RenderState state) =>
        state.Step(1) ? Helper.Evaluate(this, state) : TemplateValue.Missing;

    public override void ReportMissing(RenderState state)
    {
        // default and or take the last of their arguments for want of another: it is the one that should be there.
        foreach (var argument in Helper.TakesLast ? Arguments.AsSpan(Arguments.Length - 1) : Arguments)
            argument.Require(state);
    }

    public Expression? FindNamed(string name) => Array.Find(Named, argument => argument.Name == name)?.Value;
}

internal sealed record NamedArgument(string Name, Expression Value);
