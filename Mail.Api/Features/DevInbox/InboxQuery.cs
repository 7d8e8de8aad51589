using System.Globalization;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Ids;
using Mail.Core.Inbound;
using Mail.Protocol.Addresses;

namespace Mail.Api.Features.DevInbox;

/// <summary>Which captured mails are asked for, and how long to wait for the first one.</summary>
/// <param name="To">The envelope recipient, as stored.</param>
internal sealed record InboxQuery(string? To, string? Subject, TimeSpan Wait, InboxMessageId? Before, int Limit)
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    public static (InboxQuery? Query, Problem? Problem) Read(string? to, string? subject, string? wait, string? cursor, string? limit)
    {
        var errors = new List<FieldError>();
        var query = new InboxQuery(ReadTo(to, errors), ReadText(subject, errors), ReadWait(wait, errors), ReadCursor(cursor, errors), ReadLimit(limit, errors));
        return errors.Count == 0 ? (query, null) : (null, Problem.Validation(errors));
    }

    private static string? ReadTo(string? text, List<FieldError> errors)
    {
        if (text is null)
            return null;
        if (EmailAddress.TryParse(text, out var address, out _))
            return address.Address;
        errors.Add(new FieldError("?to", FieldCodes.InvalidEmail, "to must be an e-mail address."));
        return null;
    }

    private static string? ReadText(string? text, List<FieldError> errors)
    {
        if (LineText.HasControl(text))
            errors.Add(new FieldError("?subject", FieldCodes.InvalidCharacters, "subject must not have control characters."));
        return text;
    }

    private static TimeSpan ReadWait(string? text, List<FieldError> errors)
    {
        if (text is null)
            return TimeSpan.Zero;
        if (Duration.TryParse(text, out var duration) && duration.Value <= MaxWait)
            return duration.Value;
        errors.Add(new FieldError("?wait", FieldCodes.OutOfRange, $"wait must be a duration of at most {MaxWait.TotalSeconds}s, such as 10s."));
        return TimeSpan.Zero;
    }

    private static InboxMessageId? ReadCursor(string? text, List<FieldError> errors)
    {
        if (text is null)
            return null;
        if (PrefixedId.TryParse<InboxMessageId>(text, out var id))
            return id;
        errors.Add(new FieldError("?cursor", FieldCodes.InvalidValue, "cursor must be the nextCursor of the page before."));
        return null;
    }

    private static int ReadLimit(string? text, List<FieldError> errors)
    {
        if (text is null)
            return DefaultLimit;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit)
            return limit;
        errors.Add(new FieldError("?limit", FieldCodes.OutOfRange, $"limit must be a number from 1 to {MaxLimit}."));
        return DefaultLimit;
    }
}
