using System.Text;

namespace Mail.Core.Templates.Engine;

/// <summary>What changes texts. A missing value stays missing, so that its name is told where it is needed.</summary>
internal static class TextHelpers
{
    private const string Ellipsis = "…";

    public static TemplateValue Upper(CallExpression call, RenderState state) => Change(call, state, text => text.ToUpperInvariant());

    public static TemplateValue Lower(CallExpression call, RenderState state) => Change(call, state, text => text.ToLowerInvariant());

    public static TemplateValue UrlEncode(CallExpression call, RenderState state) => Change(call, state, Uri.EscapeDataString);

    public static TemplateValue Truncate(CallExpression call, RenderState state)
    {
        var length = call.Arguments[1].Evaluate(state);
        var ending = call.Arguments.Length > 2 ? call.Arguments[2].Evaluate(state).ToText() : Ellipsis;
        if (length is { Kind: ValueKind.Number, Number: >= 0 and <= int.MaxValue })
            return Change(call, state, text => Cut(text, (int)length.Number, ending));
        state.Fail(call.Position, $"{call.Helper.Name} needs the most characters as a number: {{{{{call.Helper.Name} {call.Helper.Usage}}}}}.");
        return TemplateValue.Missing;
    }

    private static TemplateValue Change(CallExpression call, RenderState state, Func<string, string> change)
    {
        var value = call.Arguments[0].Evaluate(state);
        if (value.IsNothing)
            return TemplateValue.Missing;
        if (value.Kind is ValueKind.List or ValueKind.Map)
        {
            state.Fail(call.Position, $"{call.Helper.Name} needs a text, not a list or an object.");
            return TemplateValue.Missing;
        }
        var text = value.ToText();
        return state.StepOver(text) ? TemplateValue.Of(change(text)) : TemplateValue.Missing;
    }

    // Counted in code points: a pair of surrogates is one character and is never cut apart.
    private static string Cut(string text, int most, string ending)
    {
        if (text.Length <= most || CountOf(text) <= most)
            return text;
        var kept = Math.Max(0, most - CountOf(ending));
        var end = 0;
        for (var count = 0; count < kept; count++)
            end += Rune.TryGetRuneAt(text, end, out var rune) ? rune.Utf16SequenceLength : 1;
        return string.Concat(text.AsSpan(0, end).TrimEnd(' '), ending);
    }

    private static int CountOf(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }
}
