using FluentValidation.Results;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Text;
using Mail.Core.Webhooks;

namespace Mail.Api.Features.Webhooks;

/// <summary>The checks of fields that several requests have.</summary>
internal static class WebhookRules
{
    private const int MaxTypes = 100;
    private const int MaxDescription = 500;

    public static void CheckUrl(string? url, bool isRequired, WebhookOptions options, Action<ValidationFailure> fail)
    {
        if (string.IsNullOrEmpty(url) && (isRequired || url is not null))
            fail(Failures.Of("/url", FieldCodes.Required, "url is required."));
        else if (url is not null && WebhookUrl.Check(url, options) is { } problem)
            fail(Failures.Of("/url", FieldCodes.InvalidValue, problem));
    }

    public static void CheckDescription(string? description, Action<ValidationFailure> fail)
    {
        if (description?.Length > MaxDescription)
            fail(Failures.Of("/description", FieldCodes.TooLong, $"description has at most {MaxDescription} characters."));
        if (LineText.HasControl(description))
            fail(Failures.Of("/description", FieldCodes.InvalidCharacters, "description must not have control characters."));
    }

    /// <summary>Null for the dialect checks that each name is one of any dialect.</summary>
    public static void CheckTypes(string path, IReadOnlyList<string?>? names, WebhookDialect? dialect, Action<ValidationFailure> fail)
    {
        if (names is null or { Count: 0 })
        {
            fail(Failures.Of(path, FieldCodes.Required, $"{path[1..]} needs at least one type, or *."));
            return;
        }
        if (names.Count > MaxTypes)
        {
            fail(Failures.Of(path, FieldCodes.TooMany, $"{path[1..]} has at most {MaxTypes} types."));
            return;
        }
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] is not { } name || !IsKnown(name, dialect))
                fail(Failures.Of(JsonPointer.Append(path, i), FieldCodes.InvalidValue,
                    $"There is no such type; the nearest one is '{NearestName.Of(names[i] ?? "", NamesOf(dialect))}'."));
        }
    }

    /// <summary>The names as they are kept, once each.</summary>
    public static IReadOnlyList<string> Keep(WebhookDialect dialect, IReadOnlyList<string?> names) =>
        [.. names.Select(name => WebhookEventTypes.Find(dialect, name!)!).Distinct()];

    private static bool IsKnown(string name, WebhookDialect? dialect) => dialect is { } one
        ? WebhookEventTypes.Find(one, name) is not null
        : IsKnown(name, WebhookDialect.Mail) || IsKnown(name, WebhookDialect.Account);

    private static IReadOnlyList<string> NamesOf(WebhookDialect? dialect) => dialect is { } one
        ? WebhookEventTypes.NamesOf(one)
        : [.. WebhookEventTypes.NamesOf(WebhookDialect.Mail), .. WebhookEventTypes.NamesOf(WebhookDialect.Account)];
}
