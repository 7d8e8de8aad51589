namespace Mail.Core.Templates.Engine;

/// <summary>What is wrong with a template, and where.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units, as editors count.</param>
public sealed record TemplateError(int Line, int Column, string Message)
{
    internal static TemplateError At(string source, int position, string message)
    {
        var before = source.AsSpan(0, Math.Min(position, source.Length));
        return new TemplateError(before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'), message);
    }
}

/// <summary>A variable that a template needs and the model does not have.</summary>
/// <param name="Name">As the template writes it from the root, such as <c>order.items[].price</c>.</param>
/// <param name="Pointer">Where the model lacks it first, such as <c>/order/items/3/price</c>.</param>
public sealed record MissingVariable(string Name, string Pointer);
