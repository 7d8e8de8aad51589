using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Domains;

/// <summary>The names under which this installation appears in the mail world.</summary>
public sealed class MailHostOptions
{
    public const string Section = "Host";

    /// <summary>The name used in EHLO, in the SMTP banner and in Message-ID; its A and PTR records should match.</summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$")]
    public string Name { get; set; } = "mail.localhost";

    /// <summary>The domain of return paths; its MX leads to Mail.Inbound.</summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$")]
    public string BounceDomain { get; set; } = "bounce.mail.localhost";

    /// <summary>The mailbox on BounceDomain that feedback reports of providers come to (ARF). Default <c>fbl</c>.</summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$")]
    public string FeedbackMailbox { get; set; } = "fbl";
}
