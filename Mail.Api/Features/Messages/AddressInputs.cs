using System.Text.Json.Serialization;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Protocol.Addresses;

namespace Mail.Api.Features.Messages;

/// <summary>
/// One address or several, as requests write them: <c>"a@example.com"</c>, <c>"Name &lt;a@example.com&gt;"</c>,
/// <c>{"email", "name"}</c>, or an array of these.
/// </summary>
[ExpectedJson("an address, an object {email, name}, or an array of these")]
[JsonConverter(typeof(AddressInputsConverter))]
public sealed class AddressInputs
{
    /// <summary>More entries than any limit allows are counted, not kept.</summary>
    internal const int MaxKept = 1_000;

    private readonly List<AddressInput> _items = [];
    private AddressReading? _reading;

    internal int Count { get; private set; }

    /// <summary>One address, as a request would write it.</summary>
    internal static AddressInputs Of(string address)
    {
        var inputs = new AddressInputs();
        inputs.Add(new AddressInput("", address, null, null));
        return inputs;
    }

    internal void Add(AddressInput item)
    {
        Count++;
        if (Count <= MaxKept)
            _items.Add(item);
    }

    /// <summary>The mailboxes and what is wrong with the others.</summary>
    /// <param name="separated">Whether a string may hold several addresses, separated by comma or semicolon.</param>
    internal AddressReading Read(bool separated) => _reading ??= AddressReading.Of(_items, Count, separated);
}

/// <param name="Path">Where it stands below the field: empty, or <c>/3</c>.</param>
/// <param name="Text">Set for the string form.</param>
/// <param name="Error">Set when it is of no known form.</param>
internal readonly record struct AddressInput(string Path, string? Text, string? Email, string? Name, FieldError? Error = null);

/// <param name="Count">How many were given, good or not.</param>
internal sealed record AddressReading(IReadOnlyList<Mailbox> Mailboxes, IReadOnlyList<FieldError> Errors, int Count)
{
    public static AddressReading Of(List<AddressInput> items, int count, bool separated)
    {
        var mailboxes = new List<Mailbox>(items.Count);
        List<FieldError>? errors = null;
        foreach (var item in items)
        {
            if (item.Text is { } text && separated)
                count += ReadSeparated(item, text, mailboxes, ref errors) - 1;
            else
                ReadOne(item, item.Text, mailboxes, ref errors);
        }
        return new AddressReading(mailboxes, errors ?? (IReadOnlyList<FieldError>)[], count);
    }

    private static int ReadSeparated(AddressInput item, string text, List<Mailbox> mailboxes, ref List<FieldError>? errors)
    {
        var count = 0;
        foreach (var part in AddressSeparators.Split(text))
        {
            if (++count <= AddressInputs.MaxKept)
                ReadOne(item, part, mailboxes, ref errors);
        }
        return count;
    }

    private static void ReadOne(AddressInput item, string? text, List<Mailbox> mailboxes, ref List<FieldError>? errors)
    {
        var error = item.Error;
        if (error is null)
        {
            error = text is null ? ReadObject(item, out var mailbox) : ReadText(item.Path, text, out mailbox);
            if (error is null)
            {
                mailboxes.Add(mailbox!);
                return;
            }
        }
        (errors ??= []).Add(error);
    }

    private static FieldError? ReadText(string path, string text, out Mailbox? mailbox) =>
        Mailbox.TryParse(text, out mailbox, out var error) ? Refuse(path, mailbox.Address) : AddressErrors.Describe(path, error);

    private static FieldError? ReadObject(AddressInput item, out Mailbox? mailbox)
    {
        mailbox = null;
        if (item.Email is null)
            return new FieldError(item.Path + "/email", FieldCodes.Required, "An address needs an email.");
        if (!EmailAddress.TryParse(item.Email, out var address, out var error))
            return AddressErrors.Describe(item.Path + "/email", error);
        if (item.Name is { } name && DisplayNames.Check(item.Path + "/name", name) is { } wrong)
            return wrong;
        mailbox = new Mailbox(item.Name, address);
        return Refuse(item.Path, address);
    }

    private static FieldError? Refuse(string path, EmailAddress address) => address.IsAddressLiteral
        ? new FieldError(path, FieldCodes.InvalidEmail, "An address needs a domain name, not an IP address.")
        : null;
}
