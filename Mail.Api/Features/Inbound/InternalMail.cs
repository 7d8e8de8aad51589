using System.Buffers;
using System.Net;
using System.Text.Json.Serialization;
using Mail.Api.Http;
using Mail.Api.Http.Json;
using Mail.Core.Bounces;
using Mail.Core.Ids;
using Mail.Core.Inbound;
using Mail.Protocol.Smtp;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Mail.Api.Features.Inbound;

/// <summary>For an edge server that takes mail for us and hands it on, and for the operator's own mail. The body is the mail.</summary>
internal static class InternalMail
{
    private const int MaxMailBytes = 45_000_000;
    private const int MaxReportBytes = 10_000_000;
    private const int MaxRecipients = 100;

    public static IServiceCollection AddInternalMail(this IServiceCollection services) => services.AddBodies(InternalMailJson.Default);

    public static void MapInternalMail(this RouteGroupBuilder operatorOnly)
    {
        operatorOnly.MapPost("/mail/inbound", Receive).WithMetadata(new RequestSizeLimitAttribute(MaxMailBytes));
        operatorOnly.MapPost("/mail/bounces", TakeBounce).WithMetadata(new RequestSizeLimitAttribute(MaxReportBytes));
        operatorOnly.MapPost("/mail/complaints", TakeComplaint).WithMetadata(new RequestSizeLimitAttribute(MaxReportBytes));
        operatorOnly.MapGet("/mail/operator", ListOperatorMail);
        operatorOnly.MapGet("/mail/operator/{id}/raw", GetOperatorMail);
        operatorOnly.MapDelete("/mail/operator/{id}", DeleteOperatorMail);
    }

    /// <param name="to">Recipients, separated by commas; all at verified inbound domains.</param>
    /// <param name="from">The return path; absent for a bounce.</param>
    /// <param name="client">The address of the server that brought it to the edge.</param>
    private static async Task<Results<Ok<TakenMailResponse>, Problem>> Receive(
        string? to, string? from, string? client, string? hello, ReceiveInbound receive, InboundDomainCheckStore domains, HttpContext context,
        CancellationToken cancellationToken)
    {
        if (!IPAddress.TryParse(client, out var address))
            return Problem.Validation("?client", FieldCodes.InvalidValue, "client must be an IP address.");
        var recipients = new List<InboundRecipient>();
        foreach (var text in (to ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(MaxRecipients + 1))
        {
            if (!SmtpPath.TryParse(text, out var path) || await domains.FindOwnerAsync(path.Domain, cancellationToken) is not var (organization, domain))
                return Problem.Validation("?to", FieldCodes.InvalidValue, "Each recipient must be at a verified inbound domain.");
            recipients.Add(new InboundRecipient(organization, domain, path.Address));
        }
        if (recipients.Count is 0 or > MaxRecipients)
            return Problem.Validation("?to", FieldCodes.InvalidValue, "There must be 1 to 100 recipients.");
        if (!TryReadSender(from, out var sender))
            return Problem.Validation("?from", FieldCodes.InvalidValue, "from must be an address, or absent.");
        var mail = await ReadAsync(context, cancellationToken);
        var envelope = new InboundEnvelope(sender.Address, recipients, address, hello ?? "unknown", "HTTP");
        return await receive.RunAsync(envelope, default, mail, cancellationToken) is ReceiveOutcome.Stored(var id)
            ? TypedResults.Ok(new TakenMailResponse("stored", id.ToString()))
            : new Problem(ProblemKind.PayloadTooLarge, "The header of the mail is too large.");
    }

    /// <param name="to">The return path that the bounce came to: it proves the message.</param>
    private static async Task<Results<Ok<TakenMailResponse>, Problem>> TakeBounce(
        string? to, string? from, TakeReports reports, ReturnPath returnPaths, HttpContext context, CancellationToken cancellationToken)
    {
        if (!SmtpPath.TryParse(to ?? "", out var path) || returnPaths.Read(path.LocalPart) is not { } target)
            return Problem.Validation("?to", FieldCodes.InvalidValue, "to must be a return path of this service that is not over.");
        if (!TryReadSender(from, out var sender))
            return Problem.Validation("?from", FieldCodes.InvalidValue, "from must be an address, or absent.");
        return Taken(await reports.TakeBounceAsync(target, sender.Address, await ReadAsync(context, cancellationToken), cancellationToken));
    }

    private static async Task<Results<Ok<TakenMailResponse>, Problem>> TakeComplaint(
        TakeReports reports, HttpContext context, CancellationToken cancellationToken) =>
        Taken(await reports.TakeComplaintAsync(await ReadAsync(context, cancellationToken), cancellationToken));

    private static async Task<Results<Ok<OperatorMailPage>, Problem>> ListOperatorMail(
        string? cursor, string? limit, OperatorMailStore mails, CancellationToken cancellationToken)
    {
        var query = new QueryFields();
        var page = query.Page<OperatorMailId>(cursor, limit);
        if (query.Problem is { } problem)
            return problem;
        var found = await mails.ListAsync(page.After, page.Fetch, cancellationToken);
        var shown = found.Take(page.Limit).Select(mail => new OperatorMailResponse(
            mail.Id.ToString(), mail.MailFrom, mail.RcptTo, mail.Subject, mail.Size, mail.ReceivedAt)).ToList();
        return TypedResults.Ok(new OperatorMailPage(shown, found.Count > page.Limit ? shown[^1].Id : null, found.Count > page.Limit));
    }

    private static async Task<Results<FileContentHttpResult, Problem>> GetOperatorMail(string id, OperatorMailStore mails, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<OperatorMailId>(id, out var mail) && await mails.FindRawAsync(mail, cancellationToken) is { } raw
            ? TypedResults.Bytes(raw, "message/rfc822", $"{mail}.eml")
            : Problem.NotFound("mail");

    private static async Task<Results<NoContent, Problem>> DeleteOperatorMail(string id, OperatorMailStore mails, CancellationToken cancellationToken) =>
        PrefixedId.TryParse<OperatorMailId>(id, out var mail) && await mails.DeleteAsync(mail, cancellationToken)
            ? TypedResults.NoContent()
            : Problem.NotFound("mail");

    private static bool TryReadSender(string? from, out SmtpPath sender)
    {
        sender = SmtpPath.Null;
        return string.IsNullOrEmpty(from) || SmtpPath.TryParse(from, out sender);
    }

    private static Ok<TakenMailResponse> Taken(TakenReport taken) => TypedResults.Ok(new TakenMailResponse(taken switch
    {
        TakenReport.Recorded => "recorded",
        TakenReport.AlreadyKnown => "already_known",
        TakenReport.Unknown => "unknown",
        TakenReport.NoReport => "no_report",
        _ => throw new ArgumentOutOfRangeException(nameof(taken)),
    }, null));

    private static async Task<ReadOnlySequence<byte>> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        // The server ends what is larger than the route takes.
        using var octets = new MemoryStream();
        await context.Request.Body.CopyToAsync(octets, cancellationToken);
        return new ReadOnlySequence<byte>(octets.GetBuffer(), 0, (int)octets.Length);
    }
}

/// <param name="Outcome"><c>stored</c>; of a report <c>recorded</c>, <c>already_known</c>, <c>unknown</c> or <c>no_report</c>.</param>
public sealed record TakenMailResponse(string Outcome, string? Id);

public sealed record OperatorMailPage(IReadOnlyList<OperatorMailResponse> Data, string? NextCursor, bool HasMore);

public sealed record OperatorMailResponse(string Id, string MailFrom, string RcptTo, string Subject, int Size, DateTimeOffset ReceivedAt);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = ApiJson.MaxDepth)]
[JsonSerializable(typeof(TakenMailResponse))]
[JsonSerializable(typeof(OperatorMailPage))]
internal sealed partial class InternalMailJson : JsonSerializerContext;
