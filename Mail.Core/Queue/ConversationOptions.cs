using System.ComponentModel.DataAnnotations;

namespace Mail.Core.Queue;

/// <summary>What is kept of the conversations with other servers: commands and replies, never content or credentials.</summary>
public sealed class ConversationOptions
{
    public const string Section = "Conversations";

    /// <summary>Of which attempts: all, or only those that did not deliver to every recipient. Default all.</summary>
    [EnumDataType(typeof(KeptConversations))]
    public KeptConversations Keep { get; set; } = KeptConversations.All;

    /// <summary>How long. Older ones are not shown, and go with the partition of their month. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "365.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(30);
}

/// <summary>The attempts whose conversations are kept.</summary>
public enum KeptConversations
{
    All,
    Failures,
}
