using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Mail.Api.Http.Json;

/// <summary>Says in an error message what a type is written as, where its JSON kind alone does not.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class ExpectedJsonAttribute(string description) : Attribute
{
    public string Description => description;
}

internal static class ExpectedJson
{
    public static string Of(JsonTypeInfo type)
    {
        var read = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (read.GetCustomAttribute<ExpectedJsonAttribute>() is { } told)
            return told.Description;
        return type.Kind switch
        {
            JsonTypeInfoKind.Object => "an object",
            JsonTypeInfoKind.Enumerable => "an array",
            JsonTypeInfoKind.Dictionary => "an object of strings",
            _ when read == typeof(string) => "a string",
            _ when read == typeof(bool) => "true or false",
            _ => "of another type",
        };
    }
}
