namespace Mail.Core.Secrets;

/// <summary>A value that must not reach a log: it prints as dots.</summary>
public readonly record struct Secret(string Value)
{
    public override string ToString() => "••••";
}
