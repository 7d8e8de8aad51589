namespace Mail.Core.Persistence;

/// <summary>What goes before a query.</summary>
internal static class QueryStatements
{
    /// <summary>Ends a list that takes longer than a reader waits. Local to the transaction, and a batch is one.</summary>
    public const string LimitTime = "select set_config('statement_timeout', '5s', true)";
}
