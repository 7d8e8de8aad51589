namespace Mail.Core.Templates.Engine;

/// <summary>A piece of a parsed template. The tree is never changed after parsing; renderings share it.</summary>
internal abstract class Node
{
    public abstract void Render(RenderState state);

    public static void RenderAll(Node[] nodes, RenderState state)
    {
        foreach (var node in nodes)
        {
            if (!state.Step(1))
                return;
            node.Render(state);
        }
    }
}

internal sealed class TextNode(string text) : Node
{
    public override void Render(RenderState state)
    {
        state.Output.Append(text);
        state.CheckOutput();
    }
}

internal sealed class OutputNode(Expression expression, bool raw) : Node
{
    public Expression Expression => expression;

    public override void Render(RenderState state)
    {
        var value = expression.Require(state);
        switch (value.Kind)
        {
            case ValueKind.List:
                state.Fail(expression.Position, "A list cannot be written as text: go through it with {{#each …}}.");
                return;
            case ValueKind.Map:
                state.Fail(expression.Position, "An object cannot be written as text: name one of its members.");
                return;
        }
        var text = value.ToText();
        if (raw)
            state.Output.Append(text);
        else
            state.Output.AppendValue(text);
        state.CheckOutput();
    }
}

/// <summary><c>if</c> and <c>unless</c>; an <c>else if</c> is one of its own inside the else branch.</summary>
internal sealed class IfNode(Expression condition, bool negated, Node[] body, Node[] otherwise) : Node
{
    public Expression Condition => condition;

    public Node[] Body => body;

    public Node[] Otherwise => otherwise;

    public override void Render(RenderState state) =>
        RenderAll(condition.Evaluate(state).IsTrue != negated ? body : otherwise, state);
}

internal sealed class EachNode(Expression list, Node[] body, Node[] otherwise, bool hasElse) : Node
{
    public Expression List => list;

    public Node[] Body => body;

    public Node[] Otherwise => otherwise;

    public bool HasElse => hasElse;

    public override void Render(RenderState state)
    {
        // Whoever says what to write when there is nothing has thought of it.
        state.Position = list.Position;
        var value = hasElse ? list.Evaluate(state) : list.Require(state);
        switch (value.Kind)
        {
            case ValueKind.List when value.List.Length > 0:
                RenderList(value.List, state);
                break;
            case ValueKind.Map when value.Map.Count > 0:
                RenderMap(value.Map, state);
                break;
            case ValueKind.List or ValueKind.Map or ValueKind.Missing or ValueKind.Null or ValueKind.False:
                RenderAll(otherwise, state);
                break;
            default:
                state.Fail(list.Position, "{{#each}} goes through a list or an object; this is a single value.");
                break;
        }
    }

    private void RenderList(TemplateValue[] items, RenderState state)
    {
        state.Enter();
        for (var i = 0; i < items.Length && state.Step(1); i++)
        {
            state.Round(items[i], i, items.Length, null);
            RenderAll(body, state);
        }
        state.Leave();
    }

    private void RenderMap(TemplateMap map, RenderState state)
    {
        state.Enter();
        for (var i = 0; i < map.Count && state.Step(1); i++)
        {
            state.Round(map.ValueAt(i), i, map.Count, map.NameAt(i));
            RenderAll(body, state);
        }
        state.Leave();
    }
}
