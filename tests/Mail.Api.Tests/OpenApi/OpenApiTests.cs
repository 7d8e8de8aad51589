using System.Diagnostics;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FluentValidation;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.OpenApi;

/// <summary><c>sdks/openapi.json</c> is made of the routes. <c>MAIL_UPDATE_DOCS=1</c> (or <c>make docs</c>) writes it again.</summary>
[Collection(ApiCollection.Name)]
public sealed class OpenApiTests(ApiFixture api)
{
    private const string Document = "sdks/openapi.json";
    private const string UpdateVariable = "MAIL_UPDATE_DOCS";

    private static readonly JsonSerializerOptions _written = new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Root { get; } = FindRoot();

    [Fact]
    public void The_document_is_what_the_routes_say()
    {
        var expected = Make().ToJsonString(_written) + "\n";
        var path = Path.Combine(Root, Document);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllText(path, expected);
        Assert.True(File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == expected,
            $"{Document} is out of date. Run 'make docs' ({UpdateVariable}=1 for this test) and commit what it writes.");
    }

    [Fact]
    public void Every_route_is_described()
    {
        var missing = Endpoints().Where(endpoint =>
                endpoint.Metadata.GetMetadata<RequiredScope>() is not null && endpoint.Metadata.GetMetadata<OperationDoc>() is null)
            .Select(endpoint => endpoint.DisplayName);
        Assert.Equal([], missing);
    }

    [Fact]
    public void Operations_have_a_name_of_their_own_a_summary_a_scope_and_their_refusals()
    {
        var operations = Make()["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(operation => operation.Value!).ToList();
        Assert.NotEmpty(operations);
        Assert.Equal(operations.Count, operations.Select(operation => operation["operationId"]!.GetValue<string>()).Distinct().Count());
        Assert.All(operations, operation =>
        {
            Assert.Matches(@"^[a-z][a-zA-Z]*(\.[a-z][a-zA-Z]*)+$", operation["operationId"]!.GetValue<string>());
            Assert.EndsWith(".", operation["summary"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.True(operation["x-required-scope"] is not null || operation["security"] is JsonArray { Count: 0 });
            Assert.Contains(operation["responses"]!.AsObject(), response => response.Key[0] == '2');
            Assert.Contains(operation["responses"]!.AsObject(), response => response.Key == "503");
        });
    }

    [Fact]
    public void Required_fields_exist()
    {
        var schemas = Make()["components"]!["schemas"]!.AsObject();
        Assert.All(schemas.Where(schema => schema.Value!["required"] is JsonArray), schema => Assert.All(
            schema.Value!["required"]!.AsArray(),
            name => Assert.True(schema.Value["properties"]![name!.GetValue<string>()] is not null, $"{schema.Key} has no {name}")));
    }

    [Fact]
    public void What_an_empty_body_misses_is_named_as_required()
    {
        var bodies = Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<RequiredScope>() is not null)
            .SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<MethodInfo>().GetParameters())
            .Select(parameter => parameter.ParameterType).Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Body<>))
            .Select(type => type.GetGenericArguments()[0]).Distinct().ToList();
        Assert.NotEmpty(bodies);
        Assert.Equal([], bodies.Where(type => MissedBy(type) != NamedBy(type)).Select(type => $"{type.Name} needs {MissedBy(type)} and says {NamedBy(type)}"));
    }

    [Fact]
    public void Every_refusal_has_a_page() => Assert.All(ProblemKind.All, kind => Assert.True(File.Exists(Path.Combine(Root, $"docs/errors/{kind.Code}.md")), kind.Code));

    [Fact]
    public void The_same_operation_id_means_the_same_handler()
    {
        var handlers = Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<OperationDoc>() is not null)
            .GroupBy(endpoint => endpoint.Metadata.GetMetadata<OperationDoc>()!.Id);
        Assert.All(handlers, group => Assert.Single(group.Select(endpoint => endpoint.Metadata.GetMetadata<MethodInfo>()).Distinct()));
    }

    [Fact]
    public async Task The_document_is_served_to_everybody_and_shown_at_docs()
    {
        using var client = api.Application.CreateClient();
        var served = await client.GetJsonAsync("/openapi/v1.json");
        Assert.Equal("3.1.0", served.Text("openapi"));
        var page = await client.GetStringAsync(new Uri("/docs/index.html", UriKind.Relative));
        Assert.Contains("swagger-ui", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_independent_validator_finds_no_fault_with_document_and_examples()
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Root, "tests/tools/openapi.mjs"), Path.Combine(Root, Document)])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + await errors);
    }

    private string MissedBy(Type type) =>
        api.Application.Services.GetService(typeof(IValidator<>).MakeGenericType(type)) is IValidator validator
            ? Sorted(FieldErrors.Merge([], validator.Validate(new ValidationContext<object>(Activator.CreateInstance(type)!)).Errors)
                .Where(error => error.Code == FieldCodes.Required && !HasAlternative(type, error.Path)).Select(error => error.Path.TrimStart('/')))
            : "";

    // One of several is enough, which the document does not say.
    private static bool HasAlternative(Type type, string path) => path switch
    {
        "/html" => true,
        "/subject" => type.GetProperty("TemplateId") is not null,
        "/message" => type.GetProperty("Template") is not null,
        "/emails" => type.GetProperty("Ids") is not null,
        "/eventTypes" => type.GetProperty("Events") is not null,
        _ => false,
    };

    private static string NamedBy(Type type) => Sorted(type.GetCustomAttribute<RequiredFieldsAttribute>()?.Names ?? []);

    private static string Sorted(IEnumerable<string> names) => string.Join(' ', names.Distinct().Order(StringComparer.Ordinal));

    private JsonObject Make() => new OpenApiDocument(api.Application.Services, Endpoints()).Write();

    private IEnumerable<RouteEndpoint> Endpoints() => api.Application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Mail.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
