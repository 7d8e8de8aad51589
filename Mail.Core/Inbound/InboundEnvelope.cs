using System.Net;
using Mail.Core.Organizations;

namespace Mail.Core.Inbound;

/// <summary>What the SMTP session said.</summary>
/// <param name="MailFrom">Empty for <c>&lt;&gt;</c>.</param>
/// <param name="HelloName">What the client called itself.</param>
/// <param name="ProtocolName">As the Received field names it: <c>ESMTPS</c>.</param>
public sealed record InboundEnvelope(
    string MailFrom, IReadOnlyList<InboundRecipient> Recipients, IPAddress ClientAddress, string HelloName, string ProtocolName);

/// <summary>A recipient at a verified inbound domain.</summary>
public sealed record InboundRecipient(OrganizationId Organization, string Domain, string Address);
