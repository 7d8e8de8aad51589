namespace Mail.Core.Domains;

/// <summary>The two selectors that keys of a domain take turns at.</summary>
public static class DkimSelectors
{
    public const string First = "ms1";
    public const string Second = "ms2";
}
