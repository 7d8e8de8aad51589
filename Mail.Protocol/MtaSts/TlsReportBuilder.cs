namespace Mail.Protocol.MtaSts;

/// <summary>Counts sessions per policy and failures per kind and host, and makes the report of it: RFC 8460 §4.</summary>
public sealed class TlsReportBuilder
{
    /// <summary>Kinds of failure kept per policy; beyond it only the totals grow.</summary>
    public const int MaxDetails = 1000;

    private readonly Dictionary<(string Type, string Domain), Counts> _policies = [];

    /// <summary>A session that passed, or, with a failure, one that did not.</summary>
    /// <param name="policy">The policy applied; its counts and details are not looked at.</param>
    /// <param name="failure">What failed; its session count is not looked at.</param>
    public void Add(TlsReportPolicy policy, TlsReportFailure? failure = null)
    {
        var key = (policy.Type, policy.Domain.ToLowerInvariant());
        if (!_policies.TryGetValue(key, out var counts))
            _policies[key] = counts = new Counts(policy);
        counts.Add(failure is null ? null : failure with { Sessions = 0 });
    }

    /// <summary>The report so far.</summary>
    public TlsReport Build(string organizationName, string contactInfo, string reportId, DateTimeOffset start, DateTimeOffset end) => new()
    {
        OrganizationName = organizationName,
        ContactInfo = contactInfo,
        ReportId = reportId,
        Start = start,
        End = end,
        Policies = [.. _policies.Values.Select(counts => counts.ToPolicy())],
    };

    private sealed class Counts(TlsReportPolicy policy)
    {
        private readonly Dictionary<TlsReportFailure, long> _failures = [];
        private long _passed;
        private long _failed;

        public void Add(TlsReportFailure? failure)
        {
            if (failure is null)
            {
                _passed++;
                return;
            }
            _failed++;
            if (_failures.ContainsKey(failure) || _failures.Count < MaxDetails)
                _failures[failure] = _failures.GetValueOrDefault(failure) + 1;
        }

        public TlsReportPolicy ToPolicy() => policy with
        {
            Successes = _passed,
            Failures = _failed,
            Details = [.. _failures.Select(pair => pair.Key with { Sessions = pair.Value })],
        };
    }
}
