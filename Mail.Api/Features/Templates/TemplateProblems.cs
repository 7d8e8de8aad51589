using System.Globalization;
using Mail.Api.Http;
using Mail.Core.Templates;
using Mail.Core.Templates.Engine;

namespace Mail.Api.Features.Templates;

/// <summary>What is said about templates that cannot be used.</summary>
internal static class TemplateProblems
{
    private const string MissingVariable = "missing_variable";
    private const string Error = "template_error";

    /// <param name="field">The field of the request that lacks the variables.</param>
    public static Problem Missing(string field, IReadOnlyList<MissingVariable> variables) =>
        new(ProblemKind.MissingVariables, $"Variables are missing: {string.Join(", ", variables.Select(variable => variable.Name))}.")
        {
            Errors = [.. variables.Select(variable =>
                new FieldError($"/{field}{variable.Pointer}", MissingVariable, $"'{variable.Name}' is missing.{HintFor(variable.Name)}"))],
        };

    public static Problem Of(IReadOnlyList<PartError> errors) =>
        new(ProblemKind.TemplateError, string.Join(" ", errors.Select(TextOf)))
        {
            Errors = [.. errors.Select(error => new FieldError("/" + error.Part, Error, error.Error.Message)
            {
                Line = error.Error.Line,
                Column = error.Error.Column,
            })],
        };

    public static Problem SlugTaken(string slug) =>
        new(ProblemKind.Conflict, $"There is another template with the slug '{slug}'.")
        {
            Errors = [new FieldError("/slug", "conflict", $"'{slug}' is taken.")],
        };

    private static string HintFor(string variable) =>
        variable == UnsubscribeVariable.Name ? " It is there when the message has \"unsubscribe\": true."
        : variable.EndsWith("." + UnsubscribeVariable.Name, StringComparison.Ordinal) ? $" Inside of each, write @root.{UnsubscribeVariable.Name}."
        : "";

    private static string TextOf(PartError error) => string.Create(CultureInfo.InvariantCulture,
        $"{error.Part}, line {error.Error.Line}, column {error.Error.Column}: {error.Error.Message}");
}
