using Mail.Protocol.Dns;

namespace Mail.Core.Domains.Records;

/// <summary>
/// The resolver for records that somebody has just changed: it asks the same servers, but remembers nothing itself.
/// </summary>
public sealed record FreshDns(IDnsResolver Resolver);
