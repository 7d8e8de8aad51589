using Mail.TestKit.Servers;

namespace Mail.Api.Tests.Routes;

/// <summary>An application whose limits do not stand in the way of a test that asks very often, with an operator.</summary>
internal sealed class RouteSystem : IAsyncDisposable
{
    private const string Token = "a token for the routes of the operator";
    private const string Plenty = "1000000";

    private RouteSystem(ApiApplication application)
    {
        Application = application;
        Operator = application.ClientWith(Token);
        Routes = ApiRoute.Of(application);
    }

    public ApiApplication Application { get; }

    public HttpClient Operator { get; }

    public List<ApiRoute> Routes { get; }

    public static async Task<RouteSystem> StartAsync(ApiFixture api)
    {
        var blobs = await AzuriteServer.SharedAsync();
        var settings = new Dictionary<string, string> { ["Mail:OperatorToken"] = Token };
        foreach (var policy in new[] { "Send", "Read", "Write" })
            settings[$"Mail:RateLimits:{policy}PerSecond"] = settings[$"Mail:RateLimits:{policy}PerSecondPerKey"] = Plenty;
        return new RouteSystem(new ApiApplication(api.Database.ConnectionString, blobs.ConnectionString, settings: settings));
    }

    public ValueTask DisposeAsync() => Application.DisposeAsync();
}
