using Mail.Core.Organizations;
using Mail.Core.Templates;

namespace Mail.Core.Messages;

/// <summary>Which messages are asked for; what is null does not matter.</summary>
/// <param name="To">A recipient of any kind, whatever the case.</param>
/// <param name="From">The sender, whatever the case.</param>
/// <param name="Subject">Part of the subject, whatever the case.</param>
/// <param name="Tag">The name of a tag, or name and value with a colon between them.</param>
/// <param name="Domain">The domain of the sender, in A-labels.</param>
/// <param name="CreatedFrom">Not before then.</param>
/// <param name="CreatedTo">Before then.</param>
public sealed record MessageFilter(
    MessageStatus? Status = null, string? To = null, string? From = null, string? Subject = null, string? Tag = null, string? Domain = null,
    TemplateId? Template = null, SendingMode? Mode = null, DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedTo = null);
