using System.Globalization;
using FluentValidation;
using Mail.Api.Features.Messages;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core;
using Mail.Core.ApiKeys;
using Mail.Core.Batches;
using Mail.Core.Ids;
using Mail.Core.Messages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mail.Api.Features.Batches;

/// <summary>Batches on the Mail surface.</summary>
internal static class BatchEndpoints
{
    /// <summary>What a batch as a whole may be refused for; items have their own reasons.</summary>
    internal static readonly ProblemKind[] Refusals = [ProblemKind.IdempotencyConflict, ProblemKind.IdempotencyInProgress];

    private static readonly string[] ItemStates = ["accepted", "rejected"];

    public static void AddBatches(this WebApplicationBuilder builder)
    {
        builder.AddMailOptions<BatchOptions>(BatchOptions.Section);
        var services = builder.Services;
        services.AddBodies(BatchJson.Default);
        services.AddSingleton<BatchStore>();
        services.AddSingleton<Batching>();
        services.AddSingleton(typeof(MessagePartReader<>));
        services.AddSingleton<IValidator<SendBatchRequest>, SendBatchValidator>();
        services.AddSingleton<IValidator<EmailBatchRequest>, EmailBatchValidator>();
        services.AddSingleton(typeof(RecipientItemValidator<>));
        services.AddSingleton(typeof(RecipientReader<>));
        services.AddSingleton<IValidator<BatchTemplateRequest>, BatchTemplateValidator>();
        services.AddSingleton<IValidator<BulkEmailRequest>, BulkEmailValidator>();
    }

    public static void MapBatches(this RouteGroupBuilder mail)
    {
        mail.MapPost("/batch-template", SendTemplate).RequireScope(Scopes.EmailsSend).TakesMessages()
            .Describe("mail.batch.sendTemplate", "Renders one template for up to 500 recipients and accepts the messages.", Refusals);
        var batches = mail.MapGroup("/batch");
        batches.MapPost("", Send).RequireScope(Scopes.EmailsSend).TakesMessages()
            .Describe("mail.batch.send", "Accepts up to 500 messages, each standing alone.", Refusals);
        batches.MapGet("", List).RequireScope(Scopes.EmailsRead)
            .Describe("mail.batch.list", "Lists batches, newest first.");
        batches.MapGet("/{id}", Get).RequireScope(Scopes.EmailsRead)
            .Describe("mail.batch.get", "Reads a batch with its counts.");
        batches.MapGet("/{id}/items", Items).RequireScope(Scopes.EmailsRead)
            .Describe("mail.batch.items", "Lists the items of a batch.");
    }

    private static async Task<Results<Accepted<Envelope<SendBatchResponse>>, Problem>> Send(
        Body<SendBatchRequest> body, MessagePartReader<SendMessageRequest> reader, Batching batching, HttpContext context,
        CancellationToken cancellationToken)
    {
        var (key, problem) = KeyOf(context, body, body.Value.IdempotencyKey, "mail.batch");
        if (problem is not null)
            return problem;
        var items = body.Value.Messages!.ConvertAll(item => reader.Read(item, Batching.ItemOperation));
        return Answer(context, await batching.SendAsync(context.Caller(), BatchKind.Messages, items, key, cancellationToken));
    }

    private static async Task<Results<Accepted<Envelope<SendBatchResponse>>, Problem>> SendTemplate(
        Body<BatchTemplateRequest> body, RecipientReader<BatchTemplateRequest> reader, Batching batching, HttpContext context,
        CancellationToken cancellationToken)
    {
        var (key, problem) = KeyOf(context, body, body.Value.IdempotencyKey, "mail.batch-template");
        if (problem is not null)
            return problem;
        return Answer(context, await batching.SendAsync(context.Caller(), BatchKind.Template, reader.Read(body), key, cancellationToken));
    }

    private static async Task<Ok<ListEnvelope<BatchResponse>>> ListAsync(
        BatchStore store, PageRequest<BatchId> page, HttpContext context, CancellationToken cancellationToken) =>
        Pages.Mail(await store.ListAsync(context.Caller().Organization, page.After, page.Fetch, cancellationToken), page, BatchResponse.Of, batch => batch.Id);

    private static async Task<Results<Ok<ListEnvelope<BatchResponse>>, Problem>> List(
        string? cursor, string? limit, BatchStore store, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var page = fields.Page<BatchId>(cursor, limit);
        return fields.Problem is { } problem ? problem : await ListAsync(store, page, context, cancellationToken);
    }

    private static async Task<Results<Ok<Envelope<BatchResponse>>, Problem>> Get(
        string id, BatchStore store, HttpContext context, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<BatchId>(id, out var batch)
        && await store.FindAsync(context.Caller().Organization, batch, cancellationToken) is { } found
            ? Envelope.Ok(BatchResponse.Of(found))
            : Problem.NotFound("batch");

    private static async Task<Results<Ok<ListEnvelope<BatchItemResponse>>, Problem>> Items(
        string id, string? status, string? cursor, string? limit, BatchStore store, HttpContext context, CancellationToken cancellationToken)
    {
        var fields = new QueryFields();
        var after = fields.Number("cursor", cursor, 0, int.MaxValue);
        var count = fields.Number("limit", limit, 1, QueryFields.MaxLimit) ?? QueryFields.DefaultLimit;
        var rejected = fields.OneOf("status", status, ItemStates) is { } state ? state == "rejected" : (bool?)null;
        if (fields.Problem is { } problem)
            return problem;
        if (!PrefixedId.TryParse<BatchId>(id, out var batch) || await store.FindAsync(context.Caller().Organization, batch, cancellationToken) is null)
            return Problem.NotFound("batch");
        var found = await store.ItemsAsync(context.Caller().Organization, batch, after, rejected, count + 1, cancellationToken);
        var next = found.Count > count ? found[count - 1].Ordinal.ToString(CultureInfo.InvariantCulture) : null;
        return Envelope.List([.. found.Take(count).Select(BatchItemResponse.Of)], next);
    }

    internal static (Idempotency? Key, Problem? Problem) KeyOf<T>(HttpContext context, Body<T> body, string? inBody, string operation) where T : class
    {
        var (key, problem) = IdempotencyKeys.Read(context, inBody);
        return (key is null ? null : new Idempotency(operation, key, body.CanonicalHash(IdempotencyKeys.BodyField)), problem);
    }

    internal static Results<Accepted<Envelope<SendBatchResponse>>, Problem> Answer(HttpContext context, BatchAnswer answer)
    {
        if (answer is not BatchAnswer.Done(var batch, var isReplayed))
            return ((BatchAnswer.Refused)answer).Problem;
        if (isReplayed)
            context.Response.Headers[IdempotencyKeys.ReplayedHeader] = "true";
        return Envelope.Accepted($"/v1/mail/batch/{batch.Id}", "Batch accepted",
            new SendBatchResponse(batch.Id.ToString(), batch.Status, batch.MessageCount, batch.Accepted, batch.Rejected));
    }
}
