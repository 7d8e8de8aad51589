using Mail.Core.Ids;

namespace Mail.Core.Queue;

public readonly record struct QueueItemId(Guid Value) : IPrefixedId<QueueItemId>
{
    public static string Prefix => "qit";

    public static QueueItemId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
