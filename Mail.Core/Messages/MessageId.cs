using Mail.Core.Ids;

namespace Mail.Core.Messages;

public readonly record struct MessageId(Guid Value) : IPrefixedId<MessageId>
{
    public static string Prefix => "msg";

    public static MessageId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
