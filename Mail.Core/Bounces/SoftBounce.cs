using Mail.Core.Messages;
using Mail.Core.Organizations;

namespace Mail.Core.Bounces;

/// <summary>A message that an address did not take for a reason that may pass.</summary>
internal sealed record SoftBounce(OrganizationId Organization, string Address, string Key, MessageId Message);
