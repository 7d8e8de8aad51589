using Mail.Core.Ids;

namespace Mail.Core.Inbound;

public readonly record struct InboxMessageId(Guid Value) : IPrefixedId<InboxMessageId>
{
    public static string Prefix => "inb";

    public static InboxMessageId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
