using System.Text;
using Mail.Inbound.Session;
using Mail.Protocol.Smtp;

namespace Mail.Inbound.Tests.Session;

/// <summary>The state table as a client meets it: every verb in every state, on every port, before and after STARTTLS and log-in.</summary>
public sealed class SessionStateTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    /// <summary>How far the client has come before it says anything else.</summary>
    public enum Stage
    {
        Exchange,
        ExchangeInTls,
        Submission,
        SubmissionInTls,
        SubmissionLoggedIn,
        TlsFirst,
        TlsFirstLoggedIn,
    }

    private static readonly string LogIn = "AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes("\0any\0" + InboundFixture.ApiKey));

    // What none of these does to the state: their arguments are wrong, and whether they are looked at at all tells where the session is.
    private static readonly string[] Probes = ["MAIL x", "RCPT x", "DATA x"];

    public static TheoryData<Stage> Stages => [.. Enum.GetValues<Stage>()];

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task Every_verb_in_every_state_does_what_the_table_says(Stage stage)
    {
        foreach (var state in Enum.GetValues<SmtpSessionState>().Where(state => CanReach(stage, state)))
        {
            foreach (var verb in Enum.GetValues<SmtpVerb>())
            {
                await using var client = await OpenAsync(stage, state);
                Assert.Equal($"{state} {verb}: {Expected(stage, state, verb)}", $"{state} {verb}: {await ObserveAsync(client, verb)}");
            }
        }
    }

    // Who is not logged in gets into no transaction, and nobody says anything after QUIT.
    private static bool CanReach(Stage stage, SmtpSessionState state) => state is SmtpSessionState.Start or SmtpSessionState.Ready
        || (state != SmtpSessionState.Closed && stage is not (Stage.Submission or Stage.SubmissionInTls or Stage.TlsFirst));

    private async Task<LineClient> OpenAsync(Stage stage, SmtpSessionState state)
    {
        var kind = stage < Stage.Submission ? SmtpServiceKind.Exchange : stage < Stage.TlsFirst ? SmtpServiceKind.Submission : SmtpServiceKind.SubmissionTls;
        var client = new LineClient(fixture.Development.Connect(kind: kind));
        if (kind == SmtpServiceKind.SubmissionTls)
            await client.HandshakeAsync();
        Assert.StartsWith("220 ", await client.ReplyAsync());
        if (stage is Stage.ExchangeInTls or Stage.SubmissionInTls or Stage.SubmissionLoggedIn)
        {
            Assert.StartsWith("250 ", await client.AskAsync("EHLO client.test"));
            await client.StartTlsAsync();
        }
        foreach (var command in WayTo(stage, state))
            Assert.Matches("^2", await client.AskAsync(command));
        return client;
    }

    private static IEnumerable<string> WayTo(Stage stage, SmtpSessionState state)
    {
        if (state == SmtpSessionState.Start)
            yield break;
        yield return "EHLO client.test";
        if (stage is Stage.SubmissionLoggedIn or Stage.TlsFirstLoggedIn)
            yield return LogIn;
        if (state >= SmtpSessionState.Mail)
            yield return "MAIL FROM:<shop@demo.test>";
        if (state >= SmtpSessionState.Recipients)
            yield return "RCPT TO:<one@local.test>";
        if (state >= SmtpSessionState.Chunks)
            yield return "BDAT 3\r\nx";
    }

    /// <summary>The reply to the verb, and where the session is after it.</summary>
    private static async Task<string> ObserveAsync(LineClient client, SmtpVerb verb)
    {
        var reply = await client.AskAsync(CommandOf(verb));
        if (reply?.StartsWith("354", StringComparison.Ordinal) == true)
            reply = await client.EndAsync("From: shop@demo.test\r\n\r\nx");
        if (verb == SmtpVerb.StartTls && reply![0] == '2')
            await client.HandshakeAsync();
        var seen = new List<string?> { reply![0] == '2' ? "done" : reply };
        foreach (var probe in verb == SmtpVerb.Quit ? [] : Probes)
            seen.Add(await client.AskAsync(probe));
        return string.Join(" | ", seen);
    }

    private static string CommandOf(SmtpVerb verb) => verb switch
    {
        SmtpVerb.Unknown => "FROB",
        SmtpVerb.Helo => "HELO client.test",
        SmtpVerb.Ehlo => "EHLO client.test",
        SmtpVerb.Auth => LogIn,
        SmtpVerb.Mail => "MAIL FROM:<shop@demo.test>",
        SmtpVerb.Rcpt => "RCPT TO:<two@local.test>",
        SmtpVerb.Bdat => "BDAT 3\r\nx",
        SmtpVerb.Vrfy or SmtpVerb.Expn => verb + " one",
        _ => verb.ToString(),
    };

    private static string Expected(Stage stage, SmtpSessionState state, SmtpVerb verb)
    {
        var flags = FlagsOf(stage, state);
        var transition = SmtpStateTable.Lookup(state, verb, flags);
        if (transition.IsAllowed)
        {
            flags |= verb switch
            {
                SmtpVerb.StartTls => SmtpSessionFlags.TlsActive,
                SmtpVerb.Auth => SmtpSessionFlags.Authenticated,
                _ => SmtpSessionFlags.None,
            };
        }
        var seen = new List<string> { transition.Refusal?.ToString() ?? "done" };
        foreach (var probe in verb == SmtpVerb.Quit ? [] : Probes)
        {
            var command = Assert.IsType<SmtpCommand.Invalid>(SmtpCommandParser.Parse(Encoding.ASCII.GetBytes(probe)));
            seen.Add((SmtpStateTable.Lookup(transition.Next, command.Verb, flags).Refusal ?? command.Reply).ToString());
        }
        return string.Join(" | ", seen);
    }

    private static SmtpSessionFlags FlagsOf(Stage stage, SmtpSessionState state)
    {
        var flags = SmtpSessionFlags.TlsOffered | SmtpSessionFlags.ChunkingOffered;
        if (stage is not (Stage.Exchange or Stage.Submission))
            flags |= SmtpSessionFlags.TlsActive;
        if (stage >= Stage.Submission)
            flags |= SmtpSessionFlags.TlsRequired | SmtpSessionFlags.AuthOffered | SmtpSessionFlags.AuthRequired;
        return stage is Stage.SubmissionLoggedIn or Stage.TlsFirstLoggedIn && state != SmtpSessionState.Start
            ? flags | SmtpSessionFlags.Authenticated
            : flags;
    }
}
