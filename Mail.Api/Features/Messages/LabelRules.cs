using FluentValidation.Results;
using Mail.Api.Http;
using Mail.Api.Http.Json;

namespace Mail.Api.Features.Messages;

/// <summary>Tags and metadata: short texts that come back in lists and events.</summary>
internal static class LabelRules
{
    private const int MaxName = 64;
    private const int MaxTag = 256;
    public const int MaxMetadata = 1_000;

    public static void Check(MessageRequest request, SendOptions options, Action<ValidationFailure> fail)
    {
        if (request.Tags is { } tags)
            CheckMap("/tags", tags.Values!, options.MaxLabels, MaxTag, fail);
        if (request.Metadata is { } metadata)
            CheckMap("/metadata", metadata, options.MaxLabels, MaxMetadata, fail);
    }

    public static void CheckMap(
        string path, IReadOnlyDictionary<string, string?> map, int maxCount, int maxValue, Action<ValidationFailure> fail)
    {
        if (map.Count > maxCount)
        {
            fail(Failures.Of(path, FieldCodes.TooMany, $"{path[1..]} has at most {maxCount} entries."));
            return;
        }
        foreach (var (name, value) in map)
        {
            var entry = JsonPointer.Append(path, name);
            if (name.Length is 0 or > MaxName)
                fail(Failures.Of(entry, FieldCodes.TooLong, $"A name has 1 to {MaxName} characters."));
            if (value is null)
                fail(Failures.Of(entry, FieldCodes.InvalidType, "The value must be a string."));
            else if (value.Length > maxValue)
                fail(Failures.Of(entry, FieldCodes.TooLong, $"A value has at most {maxValue} characters."));
            if (LineText.HasControl(name) || LineText.HasControl(value))
                fail(Failures.Of(entry, FieldCodes.InvalidCharacters, "Names and values must not have control characters."));
        }
    }
}
