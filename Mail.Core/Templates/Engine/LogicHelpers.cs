namespace Mail.Core.Templates.Engine;

/// <summary>Comparing and choosing. A missing value is no error here: it is what conditions ask about.</summary>
internal static class LogicHelpers
{
    public static TemplateValue Default(CallExpression call, RenderState state)
    {
        var value = call.Arguments[0].Evaluate(state);
        return value.IsNothing || value is { Kind: ValueKind.Text, Text.Length: 0 } ? call.Arguments[1].Evaluate(state) : value;
    }

    public static TemplateValue Or(CallExpression call, RenderState state)
    {
        var value = TemplateValue.Missing;
        foreach (var argument in call.Arguments)
        {
            value = argument.Evaluate(state);
            if (value.IsTrue)
                break;
        }
        return value;
    }

    public static TemplateValue And(CallExpression call, RenderState state)
    {
        var value = TemplateValue.Missing;
        foreach (var argument in call.Arguments)
        {
            value = argument.Evaluate(state);
            if (!value.IsTrue)
                break;
        }
        return value;
    }

    public static TemplateValue Not(CallExpression call, RenderState state) =>
        TemplateValue.Of(!call.Arguments[0].Evaluate(state).IsTrue);

    public static TemplateValue Equal(CallExpression call, RenderState state) => TemplateValue.Of(AreEqual(call, state));

    public static TemplateValue NotEqual(CallExpression call, RenderState state) => TemplateValue.Of(!AreEqual(call, state));

    public static TemplateValue Greater(CallExpression call, RenderState state) => Compare(call, state, sign: 1);

    public static TemplateValue Less(CallExpression call, RenderState state) => Compare(call, state, sign: -1);

    private static bool AreEqual(CallExpression call, RenderState state)
    {
        var one = call.Arguments[0].Evaluate(state);
        var other = call.Arguments[1].Evaluate(state);
        return (one.Kind != ValueKind.Text || state.StepOver(one.Text)) && one.Equals(other);
    }

    // Nothing is neither greater nor less than anything.
    private static TemplateValue Compare(CallExpression call, RenderState state, int sign)
    {
        var one = call.Arguments[0].Evaluate(state);
        var other = call.Arguments[1].Evaluate(state);
        if (one.IsNothing || other.IsNothing)
            return TemplateValue.Of(false);
        switch (one.Kind, other.Kind)
        {
            case (ValueKind.Number, ValueKind.Number):
                var order = one.TryGetDecimal(out var a) && other.TryGetDecimal(out var b) ? a.CompareTo(b) : one.Number.CompareTo(other.Number);
                return TemplateValue.Of(Math.Sign(order) == sign);
            case (ValueKind.Text, ValueKind.Text):
                return TemplateValue.Of(state.StepOver(one.Text) && Math.Sign(string.CompareOrdinal(one.Text, other.Text)) == sign);
            default:
                state.Fail(call.Position, $"{call.Helper.Name} compares two numbers or two texts, not one of each or other values.");
                return TemplateValue.Missing;
        }
    }
}
