using Mail.Protocol.Dns;

namespace Mail.Core.Queue;

/// <summary>What would happen to mail for one recipient now.</summary>
/// <param name="Route"><c>mx</c>, <c>implicit_mx</c>, <c>relay</c>, <c>smarthost</c>, <c>capture</c>, <c>sandbox</c>, or <c>none</c>: it would fail or wait.</param>
/// <param name="Problem">Why there is no way to it.</param>
/// <param name="IsPermanent">That problem bounces the mail; else it is tried again.</param>
/// <param name="Relay">The operator's server that it goes to.</param>
/// <param name="Tls">What TLS is asked for, and by whom: <c>opportunistic</c>, <c>required</c>, <c>requiretls</c>, <c>mta_sts_testing</c>, <c>mta_sts</c>,
/// <c>dane</c>; of a relay also <c>verified</c>, <c>implicit</c>, <c>disabled</c>.</param>
/// <param name="Pool">The sources that it leaves from.</param>
/// <param name="Destination">The queue it shares; null before any mail went there.</param>
/// <param name="Holds">What keeps it from being sent.</param>
/// <param name="States">What workers say of the destination.</param>
/// <param name="EstimatedFirstAttempt">Null: not before somebody resumes it, or never.</param>
public sealed record RecipientExplanation(
    string Domain, string Route, string? Problem, bool IsPermanent, IReadOnlyList<ExplainedHost> Hosts, string? Relay, string Tls, string Pool,
    KnownDestination? Destination, IReadOnlyList<DeliveryHold> Holds, IReadOnlyList<DestinationState> States,
    DateTimeOffset? EstimatedFirstAttempt);

/// <param name="Tls">As above, for this server.</param>
/// <param name="Refusal">Why nothing may be sent to it.</param>
public sealed record ExplainedHost(MailHost Host, string Tls, string? Refusal);
