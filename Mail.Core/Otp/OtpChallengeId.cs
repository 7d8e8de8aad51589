using Mail.Core.Ids;

namespace Mail.Core.Otp;

public readonly record struct OtpChallengeId(Guid Value) : IPrefixedId<OtpChallengeId>
{
    public static string Prefix => "otp";

    public static OtpChallengeId From(Guid value) => new(value);

    public override string ToString() => PrefixedId.Format(this);
}
