namespace Mail.ServiceDefaults.Health;

/// <summary>Who may see the detail of a health report.</summary>
public sealed class HealthOptions
{
    public const string Section = "Mail";

    /// <summary>Bearer token of the operator. Unset: nobody sees detail outside Development.</summary>
    public string? OperatorToken { get; set; }
}
