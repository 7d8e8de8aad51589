namespace Mail.Core.Organizations;

/// <summary>Test keys run the whole pipeline, but their mail ends in the organization's dev inbox.</summary>
public enum SendingMode
{
    Live,
    Test,
}

public static class SendingModeText
{
    public static string ToText(this SendingMode mode) => mode switch
    {
        SendingMode.Live => "live",
        SendingMode.Test => "test",
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    public static SendingMode Parse(string text) => text switch
    {
        "live" => SendingMode.Live,
        "test" => SendingMode.Test,
        _ => throw new FormatException($"'{text}' is no sending mode."),
    };
}
