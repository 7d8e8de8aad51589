namespace Mail.Core.Templates.Engine;

/// <summary>What a template uses a variable as.</summary>
public enum VariableKind
{
    /// <summary>Only asked about, in a condition.</summary>
    Unknown,
    Text,
    Number,
    Date,
    List,
    Object,
}

/// <summary>A variable that a template mentions.</summary>
/// <param name="Path">From the root, such as <c>order.items[].price</c>.</param>
/// <param name="IsRequired">Whether it is written somewhere without a default. It may still stand in a branch that is not taken.</param>
public sealed record TemplateVariable(string Path, VariableKind Kind, bool IsRequired);
