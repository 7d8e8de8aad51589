using Mail.Core.Ids;

namespace Mail.Core.Events;

public readonly record struct EventId(Guid Value) : IPrefixedId<EventId>
{
    public static string Prefix => "evt";

    public static EventId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
