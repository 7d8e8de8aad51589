using System.Text.Json.Serialization;
using Mail.Core.Domains.Records;

namespace Mail.Core.Domains;

/// <summary>What domains keep as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<RecordCheck>))]
[JsonSerializable(typeof(DomainEventData))]
internal sealed partial class DomainJson : JsonSerializerContext;
