using System.Text.RegularExpressions;
using Mail.Core.Ids;
using Mail.Core.Inbound;

namespace Mail.Api.Tests.Routes;

/// <summary>One of everything that can be made: through each route that makes something, and whatever the lists show then.</summary>
internal static partial class RouteSeed
{
    /// <summary>An id of each kind.</summary>
    public static async Task<Dictionary<string, string>> MakeAsync(RouteSystem system, Tenant owner)
    {
        var found = new Dictionary<string, string>();
        await owner.SendAsync();
        await CaptureAsync(system, owner);
        await ReceiveAsync(system, owner);
        var bodies = new PlausibleBody(owner.Domain);
        foreach (var route in system.Routes.Where(route => route is { HasId: false, IsTwin: false, Method: "POST", Scope: not null }))
        {
            if (route.BodyType(system.Application.Services) is not { } type)
                continue;
            using var response = await owner.Client.PostTextAsync(route.Pattern, bodies.Make(type, route.Pattern).ToJsonString());
            await NoteAsync(response, found);
        }
        foreach (var route in system.Routes.Where(route => route is { HasId: false, IsTwin: false, Method: "GET", Scope: not null }))
        {
            using var response = await owner.Client.GetAsync(route.Pattern);
            await NoteAsync(response, found);
        }
        found.Remove("org");
        return found;
    }

    /// <summary>Everything in a text that looks like an id.</summary>
    [GeneratedRegex(@"\b([a-z]{2,8})_[0-7][0-9a-hjkmnp-tv-z]{25}\b")]
    public static partial Regex Ids();

    private static Task CaptureAsync(RouteSystem system, Tenant owner) => system.Application.ExecuteAsync(
        """
        insert into dev_inbox (organization_id, id, mail_from, rcpt_to, subject, raw, authentication, size)
        values ($1, $2, 'a@b.test', 'c@d.test', 'Hello', 'Subject: Hello'::bytea, '{"dkim":{"result":"none"}}', 14)
        """, owner.Organization.Value, PrefixedId.New<InboxMessageId>(TimeProvider.System).Value);

    private static Task ReceiveAsync(RouteSystem system, Tenant owner) => system.Application.ExecuteAsync(
        """
        insert into inbound_messages (organization_id, id, domain, mail_from, recipients, header_from, subject, size, raw, content)
        values ($1, $2, 'in.test', 'a@b.test', '{c@in.test}', 'a@b.test', 'Hello', 14, 'Subject: Hello'::bytea,
            '{"from":[],"to":[],"cc":[],"replyTo":[],"headers":[],"inReplyTo":[],"references":[],"attachments":[],
              "authentication":{"spf":{"result":"none"},"dkim":[],"dmarc":{"result":"none"},"arc":{"result":"none"}},
              "facts":{"clientAddress":"192.0.2.1","hello":"b.test","protocol":"ESMTP","hops":0,"isAutomatic":false,"isList":false,"defects":[]}}')
        """, owner.Organization.Value, PrefixedId.New<InboundMessageId>(TimeProvider.System).Value);

    private static async Task NoteAsync(HttpResponseMessage response, Dictionary<string, string> found)
    {
        if (!response.IsSuccessStatusCode)
            return;
        foreach (Match match in Ids().Matches(await response.Content.ReadAsStringAsync()))
            found.TryAdd(match.Groups[1].Value, match.Value);
    }
}
