using Mail.Protocol.Addresses;

namespace Mail.Protocol.Tests.Fuzz;

internal static class EmailAddressFuzzTarget
{
    internal static string[] Seeds => ["a@example.com", "\"a b\\\"c\"@example.com", "a@[IPv6:2001:db8::1]", "a@b\u00c3\u00bccher.example", "a@xn--bcher-kva.example"];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        if (!EmailAddress.TryParse(input, out var address, out _)) return;
        Assert.DoesNotContain(address.Address, char.IsControl);
        Assert.Equal(address, EmailAddress.Parse(address.Address));
        Assert.Equal(address.NormalForm, EmailAddress.Parse(address.Address).NormalForm);
    }
}
