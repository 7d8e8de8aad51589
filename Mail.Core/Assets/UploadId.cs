using Mail.Core.Ids;

namespace Mail.Core.Assets;

public readonly record struct UploadId(Guid Value) : IPrefixedId<UploadId>
{
    public static string Prefix => "upl";

    public static UploadId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
