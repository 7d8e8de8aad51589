namespace Mail.Core.Templates.Engine;

/// <summary>What a part renders to, and so how its values are written.</summary>
public enum TemplateContext
{
    /// <summary>Values are HTML-escaped, quotes included.</summary>
    Html,

    /// <summary>Values are written as they are.</summary>
    Text,

    /// <summary>One line: values are written as they are, without line breaks and other control characters.</summary>
    Subject,
}
