using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Http;

/// <summary>Serves the page that the <c>type</c> of a problem points to.</summary>
internal static class ErrorPages
{
    private const string Path = "/errors/";

    public static IEndpointRouteBuilder MapErrorPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path + "{code}", Page).AllowAnonymous();
        return routes;
    }

    public static string AddressOf(HttpContext context, string code) =>
        $"{context.Request.Scheme}://{context.Request.Host.ToUriComponent()}{Path}{code}";

    private static Results<ContentHttpResult, Problem> Page(string code)
    {
        if (!ProblemKind.All.Any(kind => kind.Code == code))
            return Problem.NotFound("error page");
        using var reader = new StreamReader(typeof(ErrorPages).Assembly.GetManifestResourceStream($"errors/{code}.md")!);
        return TypedResults.Text(reader.ReadToEnd(), "text/markdown; charset=utf-8");
    }
}
