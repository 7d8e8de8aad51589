namespace Mail.Integrations.Tests;

/// <summary>Tests that measure the whole process, and so run when no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
