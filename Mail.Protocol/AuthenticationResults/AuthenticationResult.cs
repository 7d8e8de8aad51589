namespace Mail.Protocol.AuthenticationResults;

/// <summary>One property that a result speaks of, such as <c>header.d=example.com</c> (RFC 8601 §2.3).</summary>
/// <param name="Type">Where the value comes from: <c>smtp</c>, <c>header</c>, <c>body</c>, <c>policy</c>.</param>
/// <param name="Name">The property: <c>mailfrom</c>, <c>d</c>, <c>from</c>…</param>
/// <param name="Value">Its value; quoted by the writer where needed.</param>
public sealed record AuthenticationProperty(string Type, string Name, string Value);

/// <summary>The result of one method (RFC 8601 §2.2).</summary>
/// <param name="Method">The method: <c>dkim</c>, <c>spf</c>, <c>dmarc</c>, <c>arc</c>, <c>auth</c>…</param>
/// <param name="Result">The result word, such as <c>pass</c>.</param>
public sealed record AuthenticationResult(string Method, string Result)
{
    /// <summary>Why (<c>reason=</c>); null for none.</summary>
    public string? Reason { get; init; }

    /// <summary>A comment behind the result word; null for none. Not kept by the reader.</summary>
    public string? Comment { get; init; }

    /// <summary>What was examined.</summary>
    public IReadOnlyList<AuthenticationProperty> Properties { get; init; } = [];
}

/// <summary>The content of an <c>Authentication-Results</c> field.</summary>
/// <param name="AuthservId">Who says so.</param>
/// <param name="Results">What was found; empty stands for <c>none</c>.</param>
public sealed record AuthenticationResultsField(string AuthservId, IReadOnlyList<AuthenticationResult> Results);
