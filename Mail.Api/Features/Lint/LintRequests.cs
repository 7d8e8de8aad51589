using System.Text.Json.Serialization;
using Mail.Api.Http.Json;

namespace Mail.Api.Features.Lint;

/// <param name="Ok">True when nothing stands in the way of sending it.</param>
public sealed record LintResponse(bool Ok, IReadOnlyList<LintFindingResponse> Findings);

/// <param name="Severity"><c>error</c>: it would be refused; <c>warning</c>: it may be delivered badly; <c>info</c>: worth knowing.</param>
/// <param name="Path">JSON Pointer into the body; empty when it is about the whole.</param>
public sealed record LintFindingResponse(string Severity, string Code, string Path, string Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false, MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(LintResponse))]
internal sealed partial class LintJson : JsonSerializerContext;
