using Mail.Protocol.Addresses;

namespace Mail.Core.Suppressions;

/// <summary>The one form under which everything that is known of an address is kept: case folded, domain in A-labels.</summary>
public static class AddressKey
{
    public static string Of(EmailAddress address) => address.NormalForm;

    /// <summary>The key of an address as the product stored it.</summary>
    internal static string OfStored(string address) =>
        EmailAddress.TryParse(address, out var parsed) ? Of(parsed) : address.ToLowerInvariant();
}
