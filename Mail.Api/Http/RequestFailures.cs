using System.Diagnostics;
using System.Globalization;
using Azure;
using Mail.Core.Persistence;
using Npgsql;

namespace Mail.Api.Http;

/// <summary>The one place where exceptions and bare status codes become problem bodies.</summary>
internal sealed partial class RequestFailures(RequestDelegate next, ILogger<RequestFailures> logger)
{
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, error);
            return;
        }
        var response = context.Response;
        if (response is { HasStarted: false, StatusCode: >= 400, ContentType: null } && response.ContentLength is null or 0)
            await OfStatus(context).ExecuteAsync(context);
    }

    private Task AnswerAsync(HttpContext context, Exception error)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = ClientClosedRequest;
            return Task.CompletedTask;
        }
        Activity.Current?.AddException(error);
        return Describe(context, error).ExecuteAsync(context);
    }

    private Problem Describe(HttpContext context, Exception error)
    {
        switch (error)
        {
            case BadHttpRequestException bad:
                return new Problem(ProblemKind.OfStatus(bad.StatusCode), bad.Message);
            case PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }:
                return new Problem(ProblemKind.QueryTooSlow, "The list took too long: ask for a shorter time, or for less by another filter.");
            case { } database when DatabaseErrors.IsAway(database):
                Log.DatabaseAway(logger, RequestTrace.IdOf(context), database.Message);
                return Problem.Unavailable("The database cannot be reached right now. Try again.");
            case RequestFailedException blobs when blobs.Status is 0 or 408 or 429 or >= 500:
                Log.StorageAway(logger, RequestTrace.IdOf(context), blobs.Message);
                return Problem.Unavailable("The attachment storage cannot be reached right now. Try again.");
            default:
                Log.Unhandled(logger, error, RequestTrace.IdOf(context));
                return new Problem(ProblemKind.InternalError, "The request failed. Quote the request id when you report it.");
        }
    }

    private static Problem OfStatus(HttpContext context) => ProblemKind.OfStatus(context.Response.StatusCode) switch
    {
        { Code: "not_found" } kind => new Problem(kind, "Nothing is at this address."),
        { Code: "method_not_allowed" } kind => new Problem(kind,
            string.Create(CultureInfo.InvariantCulture, $"{context.Request.Method} is not allowed here, only {context.Response.Headers.Allow}.")),
        var kind => new Problem(kind, kind.Title + "."),
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Request {RequestId} refused, database away: {Reason}")]
        public static partial void DatabaseAway(ILogger logger, string requestId, string reason);

        [LoggerMessage(LogLevel.Warning, "Request {RequestId} refused, blob storage away: {Reason}")]
        public static partial void StorageAway(ILogger logger, string requestId, string reason);

        [LoggerMessage(LogLevel.Error, "Request {RequestId} failed")]
        public static partial void Unhandled(ILogger logger, Exception error, string requestId);
    }
}
