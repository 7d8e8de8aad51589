using System.Text;
using Mail.Protocol.Addresses;

namespace Mail.Protocol.Tests.Fuzz;

internal static class AddressListFuzzTarget
{
    internal static string[] Seeds =>
    [
        "a@example.com", "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "A Group:Ed Jones <joe@where.test>,John <jdoe@one.test>;",
        "\"Joe Q. Public\" <john.q.public@example.com>, <boss@nil.test>", "<@a,@b:user@c.example>", "=?utf-8?Q?D=C3=B6e,_J?= <j@x.test>", "a . b @ [192.0.2.1]",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        foreach (var mailbox in AddressListParser.Parse(Encoding.UTF8.GetString(input)).Mailboxes)
        {
            Assert.DoesNotContain(mailbox.Address.Address, char.IsControl);
            Assert.DoesNotContain(mailbox.DisplayName ?? "", char.IsControl);
            if (mailbox.Address.IsStrict) Assert.Equal(mailbox.Address, EmailAddress.Parse(mailbox.Address.Address));
        }
    }
}
