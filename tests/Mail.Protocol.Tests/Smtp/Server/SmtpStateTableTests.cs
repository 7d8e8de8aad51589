using Mail.Protocol.Smtp;

namespace Mail.Protocol.Tests.Smtp.Server;

public sealed class SmtpStateTableTests
{
    private const SmtpSessionFlags Exchange = SmtpSessionFlags.TlsOffered | SmtpSessionFlags.ChunkingOffered;
    private const SmtpSessionFlags Submission = Exchange | SmtpSessionFlags.TlsRequired | SmtpSessionFlags.AuthOffered | SmtpSessionFlags.AuthRequired;
    private const SmtpSessionFlags LoggedIn = Submission | SmtpSessionFlags.TlsActive | SmtpSessionFlags.Authenticated;
    private const SmtpSessionFlags Open = SmtpSessionFlags.TlsOffered | SmtpSessionFlags.TlsActive | SmtpSessionFlags.AuthOffered
        | SmtpSessionFlags.ChunkingOffered;

    // One row per state, one column per verb: unknown, HELO, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, BDAT, RSET, NOOP, VRFY, EXPN, HELP, QUIT.
    // The code of the refusal, or the initial of the next state.
    [Theory]
    [InlineData("port 25", Exchange, """
        Start      500  R    R    503  503  503  503  503  503  S    S    S    502  S    X
        Ready      500  R    R    S    502  M    503  503  503  R    R    R    502  R    X
        Mail       500  R    R    503  502  503  Rc   554  554  R    M    M    502  M    X
        Recipients 500  R    R    503  502  503  Rc   R    C    R    Rc   Rc   502  Rc   X
        Chunks     500  R    R    503  502  503  503  503  C    R    C    C    502  C    X
        Closed     503  503  503  503  503  503  503  503  503  503  503  503  503  503  503
        """)]
    [InlineData("port 25 without a certificate", SmtpSessionFlags.ChunkingOffered, """
        Start      500  R    R    502  503  503  503  503  503  S    S    S    502  S    X
        Ready      500  R    R    502  502  M    503  503  503  R    R    R    502  R    X
        Mail       500  R    R    502  502  503  Rc   554  554  R    M    M    502  M    X
        Recipients 500  R    R    502  502  503  Rc   R    C    R    Rc   Rc   502  Rc   X
        Chunks     500  R    R    502  502  503  503  503  C    R    C    C    502  C    X
        Closed     503  503  503  503  503  503  503  503  503  503  503  503  503  503  503
        """)]
    [InlineData("port 25 in TLS", Exchange | SmtpSessionFlags.TlsActive, """
        Start      500  R    R    503  503  503  503  503  503  S    S    S    502  S    X
        Ready      500  R    R    503  502  M    503  503  503  R    R    R    502  R    X
        Mail       500  R    R    503  502  503  Rc   554  554  R    M    M    502  M    X
        Recipients 500  R    R    503  502  503  Rc   R    C    R    Rc   Rc   502  Rc   X
        Chunks     500  R    R    503  502  503  503  503  C    R    C    C    502  C    X
        Closed     503  503  503  503  503  503  503  503  503  503  503  503  503  503  503
        """)]
    [InlineData("submission", Submission, """
        Start      500  R    R    503  530  530  530  530  530  S    S    530  530  S    X
        Ready      500  R    R    S    530  530  530  530  530  R    R    530  530  R    X
        Mail       500  R    R    503  530  530  530  530  530  R    M    530  530  M    X
        Recipients 500  R    R    503  530  530  530  530  530  R    Rc   530  530  Rc   X
        Chunks     500  R    R    503  530  530  530  530  530  R    C    530  530  C    X
        Closed     503  503  503  503  503  503  503  503  503  503  503  503  503  503  503
        """)]
    [InlineData("submission in TLS", Submission | SmtpSessionFlags.TlsActive, """
        Start      500  R    R    503  503  503  503  503  503  S    S    S    502  S    X
        Ready      500  R    R    503  R    530  503  503  503  R    R    R    502  R    X
        Mail       500  R    R    503  503  530  Rc   554  554  R    M    M    502  M    X
        Recipients 500  R    R    503  503  530  Rc   R    C    R    Rc   Rc   502  Rc   X
        Chunks     500  R    R    503  503  530  503  503  C    R    C    C    502  C    X
        Closed     503  503  503  503  503  503  503  503  503  503  503  503  503  503  503
        """)]
    [InlineData("submission after log-in", LoggedIn, """
        Start      500  R    R    503  503  503  503  503  503  S    S    S    502  S    X
        Ready      500  R    R    503  503  M    503  503  503  R    R    R    502  R    X
        Mail       500  R    R    503  503  503  Rc   554  554  R    M    M    502  M    X
        Recipients 500  R    R    503  503  503  Rc   R    C    R    Rc   Rc   502  Rc   X
        Chunks     500  R    R    503  503  503  503  503  C    R    C    C    502  C    X
        Closed     503  503  503  503  503  503  503  503  503  503  503  503  503  503  503
        """)]
    public void Every_state_and_verb_is_as_the_table_says(string service, SmtpSessionFlags flags, string table)
    {
        var rows = table.Split('\n').Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        Assert.Equal(Enum.GetNames<SmtpSessionState>(), rows.Select(row => row[0]));
        foreach (var row in rows)
        {
            foreach (var verb in Enum.GetValues<SmtpVerb>())
            {
                var state = Enum.Parse<SmtpSessionState>(row[0]);
                Assert.Equal($"{service}: {state} {verb}: {row[(int)verb + 1]}", $"{service}: {state} {verb}: {Describe(state, verb, flags)}");
            }
        }
    }

    [Fact]
    public void Table_has_an_answer_for_every_combination()
    {
        foreach (var state in Enum.GetValues<SmtpSessionState>())
        {
            foreach (var verb in Enum.GetValues<SmtpVerb>())
            {
                for (var flags = 0; flags < 256; flags++)
                {
                    var transition = SmtpStateTable.Lookup(state, verb, (SmtpSessionFlags)flags);
                    // What is refused changes nothing.
                    Assert.True(transition.IsAllowed || transition.Next == state);
                }
            }
        }
    }

    [Theory]
    [InlineData(SmtpVerb.Mail, SmtpSessionFlags.TlsRequired, 530)]
    [InlineData(SmtpVerb.Auth, SmtpSessionFlags.TlsRequired | SmtpSessionFlags.AuthOffered, 530)]
    [InlineData(SmtpVerb.Auth, SmtpSessionFlags.AuthOffered, 538)]
    [InlineData(SmtpVerb.Auth, SmtpSessionFlags.AuthOffered | SmtpSessionFlags.PlainTextAuth, 0)]
    [InlineData(SmtpVerb.Auth, SmtpSessionFlags.TlsActive, 502)]
    [InlineData(SmtpVerb.Auth, Open | SmtpSessionFlags.Authenticated, 503)]
    [InlineData(SmtpVerb.Mail, Open | SmtpSessionFlags.AuthRequired, 530)]
    [InlineData(SmtpVerb.Mail, Open | SmtpSessionFlags.AuthRequired | SmtpSessionFlags.Authenticated, 0)]
    [InlineData(SmtpVerb.StartTls, SmtpSessionFlags.TlsOffered, 0)]
    [InlineData(SmtpVerb.StartTls, SmtpSessionFlags.None, 502)]
    [InlineData(SmtpVerb.StartTls, SmtpSessionFlags.TlsOffered | SmtpSessionFlags.TlsActive, 503)]
    [InlineData(SmtpVerb.Bdat, SmtpSessionFlags.None, 502)]
    [InlineData(SmtpVerb.Noop, SmtpSessionFlags.TlsRequired | SmtpSessionFlags.AuthRequired, 0)]
    public void Guards_decide_in_the_ready_state(SmtpVerb verb, SmtpSessionFlags flags, int code) =>
        Assert.Equal(code, SmtpStateTable.Lookup(SmtpSessionState.Ready, verb, flags).Refusal?.Code ?? 0);

    private static string Describe(SmtpSessionState state, SmtpVerb verb, SmtpSessionFlags flags)
    {
        var transition = SmtpStateTable.Lookup(state, verb, flags);
        return transition.Refusal?.Code.ToString(null, null) ?? transition.Next switch
        {
            SmtpSessionState.Recipients => "Rc",
            SmtpSessionState.Closed => "X",
            var next => next.ToString()[..1],
        };
    }
}
