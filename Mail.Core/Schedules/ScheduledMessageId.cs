using Mail.Core.Ids;

namespace Mail.Core.Schedules;

public readonly record struct ScheduledMessageId(Guid Value) : IPrefixedId<ScheduledMessageId>
{
    public static string Prefix => "sch";

    public static ScheduledMessageId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
