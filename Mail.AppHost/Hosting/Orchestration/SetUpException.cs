namespace Aspire.Hosting.Orchestration;

/// <summary>Something the machine lacks; the message says what to do.</summary>
internal sealed class SetUpException(string message) : Exception(message);
