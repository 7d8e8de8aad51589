using Mail.Core.Ids;

namespace Mail.Core.Organizations;

public readonly record struct OrganizationId(Guid Value) : IPrefixedId<OrganizationId>
{
    public static string Prefix => "org";

    public static OrganizationId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
