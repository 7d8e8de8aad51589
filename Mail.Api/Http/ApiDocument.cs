using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Http;

/// <summary>Serves the OpenAPI document, which a test makes of the routes, and the page that shows it.</summary>
internal static class ApiDocument
{
    private const string Address = "/openapi/v1.json";
    private const string Resource = "openapi.json";

    public static void MapApiDocument(this IEndpointRouteBuilder routes) => routes.MapGet(Address, Read).AllowAnonymous();

    /// <summary>All of the page is in this program; nothing is loaded from elsewhere.</summary>
    public static void UseApiDocumentPage(this WebApplication app) => app.UseSwaggerUI(page =>
    {
        page.RoutePrefix = "docs";
        page.DocumentTitle = "Mail API";
        page.SwaggerEndpoint(Address, "Mail API v1");
    });

    private static FileStreamHttpResult Read() =>
        TypedResults.Stream(typeof(ApiDocument).Assembly.GetManifestResourceStream(Resource)!, "application/json");
}
