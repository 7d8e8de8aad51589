namespace Mail.Core.Messages;

public static class RecipientKindText
{
    public static string ToText(this RecipientKind kind) => kind switch
    {
        RecipientKind.To => "to",
        RecipientKind.Cc => "cc",
        RecipientKind.Bcc => "bcc",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static RecipientKind Parse(string text) => text switch
    {
        "to" => RecipientKind.To,
        "cc" => RecipientKind.Cc,
        "bcc" => RecipientKind.Bcc,
        _ => throw new FormatException($"'{text}' is no recipient kind."),
    };
}
