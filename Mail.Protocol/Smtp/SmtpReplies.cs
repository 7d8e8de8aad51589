namespace Mail.Protocol.Smtp;

/// <summary>The replies every SMTP server gives, each with the text that defines it. Policy replies belong to the host.</summary>
public static class SmtpReplies
{
    /// <summary>RFC 5321 §4.2.2; RFC 3463 §3.1.</summary>
    public static SmtpReply Ok { get; } = new(250, "2.0.0", "OK");

    /// <summary>MAIL accepted: RFC 5321 §4.3.2; 2.1.0 RFC 3463 §3.2.</summary>
    public static SmtpReply SenderOk { get; } = new(250, "2.1.0", "Sender OK");

    /// <summary>RCPT accepted: RFC 5321 §4.3.2; 2.1.5 RFC 3463 §3.2.</summary>
    public static SmtpReply RecipientOk { get; } = new(250, "2.1.5", "Recipient OK");

    /// <summary>QUIT: RFC 5321 §4.1.1.10.</summary>
    public static SmtpReply Bye { get; } = new SmtpReply(221, "2.0.0", "Bye").AndClose();

    /// <summary>DATA accepted: RFC 5321 §4.3.2. 3yz has no enhanced code (RFC 2034 §3).</summary>
    public static SmtpReply StartMailInput { get; } = new(354, "End data with <CR><LF>.<CR><LF>");

    /// <summary>STARTTLS accepted: RFC 3207 §4.</summary>
    public static SmtpReply ReadyToStartTls { get; } = new(220, "2.0.0", "Ready to start TLS");

    /// <summary>AUTH succeeded: RFC 4954 §6.</summary>
    public static SmtpReply Authenticated { get; } = new(235, "2.7.0", "Authentication succeeded");

    /// <summary>VRFY without verification: RFC 5321 §3.5.3 and §7.3.</summary>
    public static SmtpReply CannotVerify { get; } = new(252, "2.5.2", "Cannot verify the user, but will take mail for it");

    /// <summary>HELP: RFC 5321 §4.1.1.8.</summary>
    public static SmtpReply Help { get; } = new(214, "2.0.0", "See RFC 5321");

    /// <summary>The server goes down: RFC 5321 §3.8.</summary>
    public static SmtpReply ShuttingDown { get; } = new SmtpReply(421, "4.3.2", "Service shutting down").AndClose();

    /// <summary>Idle for too long: RFC 5321 §4.5.3.2.7.</summary>
    public static SmtpReply IdleTimeout { get; } = new SmtpReply(421, "4.4.2", "Timeout, closing connection").AndClose();

    /// <summary>RFC 5321 §7.8; 4.7.0 RFC 3463 §3.8.</summary>
    public static SmtpReply TooManyErrors { get; } = new SmtpReply(421, "4.7.0", "Too many errors").AndClose();

    /// <summary>RFC 5321 §3.8 with 4.3.2, as when a limit of connections is reached.</summary>
    public static SmtpReply TooManyConnections { get; } = new SmtpReply(421, "4.3.2", "Too many connections").AndClose();

    /// <summary>RFC 5321 §4.2.2: local error in processing.</summary>
    public static SmtpReply LocalError { get; } = new(451, "4.3.0", "Local error, try again later");

    /// <summary>RFC 5321 §4.2.2: no room for the message now; 4.3.1 RFC 3463 §3.4.</summary>
    public static SmtpReply InsufficientStorage { get; } = new(452, "4.3.1", "Insufficient system storage, try again later");

    /// <summary>RFC 5321 §4.5.3.1.10: recipients over the server's limit are for another transaction.</summary>
    public static SmtpReply TooManyRecipients { get; } = new(452, "4.5.3", "Too many recipients");

    /// <summary>TLS is not possible at the moment: RFC 3207 §4.</summary>
    public static SmtpReply TlsNotAvailable { get; } = new(454, "4.7.0", "TLS not available");

    /// <summary>RFC 5321 §4.2.2; 5.5.2 RFC 3463 §3.6.</summary>
    public static SmtpReply UnknownCommand { get; } = new(500, "5.5.2", "Command not recognized");

    /// <summary>RFC 5321 §4.5.3.1.10.</summary>
    public static SmtpReply LineTooLong { get; } = new(500, "5.5.2", "Line too long");

    /// <summary>A bare CR or LF in a command: RFC 5321 §2.3.8. Nothing behind it can be trusted.</summary>
    public static SmtpReply BareLineEnd { get; } = new SmtpReply(521, "5.5.2", "Lines must end with CRLF").AndClose();

    /// <summary>RFC 5321 §4.2.2; 5.5.4 RFC 3463 §3.6.</summary>
    public static SmtpReply InvalidArguments { get; } = new(501, "5.5.4", "Syntax error in arguments");

    /// <summary>BDAT without a usable size (RFC 3030 §2): what follows could be message or command, so the connection ends.</summary>
    public static SmtpReply InvalidChunkSize { get; } = new SmtpReply(501, "5.5.4", "Syntax: BDAT size [LAST]").AndClose();

    /// <summary>RFC 5321 §4.1.1.1: HELO and EHLO need a name.</summary>
    public static SmtpReply HelloNeedsName { get; } = new(501, "5.5.4", "A domain or address literal is needed");

    /// <summary>RFC 5321 §4.1.1.2; 5.1.7 RFC 3463 §3.2.</summary>
    public static SmtpReply InvalidSender { get; } = new(501, "5.1.7", "Bad sender address syntax");

    /// <summary>RFC 5321 §4.1.1.3; 5.1.3 RFC 3463 §3.2.</summary>
    public static SmtpReply InvalidRecipient { get; } = new(501, "5.1.3", "Bad recipient address syntax");

    /// <summary>RFC 5321 §4.1.1.11.</summary>
    public static SmtpReply UnknownParameter { get; } = new(555, "5.5.4", "Parameter not recognized or not implemented");

    /// <summary>RFC 5321 §4.1.4.</summary>
    public static SmtpReply BadSequence { get; } = new(503, "5.5.1", "Bad sequence of commands");

    /// <summary>RFC 5321 §4.1.4: HELO or EHLO comes first.</summary>
    public static SmtpReply HelloFirst { get; } = new(503, "5.5.1", "Say EHLO first");

    /// <summary>RFC 5321 §4.1.1.2.</summary>
    public static SmtpReply NestedMail { get; } = new(503, "5.5.1", "A transaction is already open");

    /// <summary>RFC 5321 §3.3.</summary>
    public static SmtpReply MailFirst { get; } = new(503, "5.5.1", "MAIL first");

    /// <summary>RFC 5321 §3.3.</summary>
    public static SmtpReply NoValidRecipients { get; } = new(554, "5.5.1", "No valid recipients");

    /// <summary>RFC 3030 §2: DATA and BDAT do not mix in one transaction.</summary>
    public static SmtpReply ChunkingStarted { get; } = new(503, "5.5.1", "BDAT has been used in this transaction");

    /// <summary>RFC 3207 §4.2 and §5: TLS is on already.</summary>
    public static SmtpReply TlsActive { get; } = new(503, "5.5.1", "TLS is already active");

    /// <summary>RFC 5321 §4.2.2: the command is known but not offered here.</summary>
    public static SmtpReply NotImplemented { get; } = new(502, "5.5.1", "Command not implemented");

    /// <summary>RFC 5321 §4.2.2 and RFC 4954 §4.</summary>
    public static SmtpReply UnknownMechanism { get; } = new(504, "5.5.4", "Unrecognized authentication mechanism");

    /// <summary>RFC 3207 §4: a server that wants TLS for everything.</summary>
    public static SmtpReply TlsRequired { get; } = new(530, "5.7.0", "Must issue a STARTTLS command first");

    /// <summary>RFC 4954 §6: before MAIL on submission.</summary>
    public static SmtpReply AuthenticationRequired { get; } = new(530, "5.7.0", "Authentication required");

    /// <summary>RFC 4954 §6.</summary>
    public static SmtpReply AuthenticationFailed { get; } = new(535, "5.7.8", "Authentication credentials invalid");

    /// <summary>RFC 4954 §4: AUTH without TLS where passwords would be seen.</summary>
    public static SmtpReply EncryptionRequired { get; } = new(538, "5.7.11", "Encryption required for authentication");

    /// <summary>RFC 4954 §4: only one AUTH in a session.</summary>
    public static SmtpReply AlreadyAuthenticated { get; } = new(503, "5.5.1", "Already authenticated");

    /// <summary>RFC 4954 §4: the client cancelled with <c>*</c>, or its base64 is broken.</summary>
    public static SmtpReply AuthenticationCancelled { get; } = new(501, "5.5.2", "Authentication cancelled or malformed");

    /// <summary>RFC 4954 §4: an AUTH line over 12,288 octets.</summary>
    public static SmtpReply AuthLineTooLong { get; } = new(500, "5.5.6", "Authentication exchange line is too long");

    /// <summary>RFC 1870 §6.1 and §6.3; 5.3.4 RFC 3463 §3.4.</summary>
    public static SmtpReply MessageTooBig { get; } = new(552, "5.3.4", "Message size exceeds fixed limit");

    /// <summary>RFC 5321 §2.3.8: the message had CR or LF on its own.</summary>
    public static SmtpReply BareLineEndInData { get; } = new(554, "5.6.0", "Message has CR or LF that is not part of CRLF");

    /// <summary>RFC 6531 §3.5: an address needs SMTPUTF8, which MAIL did not ask for.</summary>
    public static SmtpReply Utf8NotRequested { get; } = new(553, "5.6.7", "Address needs SMTPUTF8");

    /// <summary>The greeting: RFC 5321 §3.1 and §4.2.</summary>
    public static SmtpReply Greeting(string hostName, string text = "ESMTP") => new(220, $"{hostName} {text}");

    /// <summary>The HELO reply: RFC 5321 §4.1.1.1.</summary>
    public static SmtpReply Helo(string hostName) => new(250, hostName);

    /// <summary>The EHLO reply with one extension per line: RFC 5321 §4.1.1.1.</summary>
    public static SmtpReply Ehlo(string hostName, IEnumerable<string> extensions) => new(250, null, [hostName, .. extensions]);

    /// <summary>The message has been committed: RFC 5321 §6.1.</summary>
    public static SmtpReply Queued(string id) => new(250, "2.0.0", $"OK queued as {id}");

    /// <summary>An octet count, as RFC 3030 §4.2 replies to BDAT.</summary>
    public static SmtpReply ChunkReceived(long octets) => new(250, "2.0.0", $"{octets} octets received");

    /// <summary>A server challenge: RFC 4954 §4; <paramref name="base64"/> may be empty.</summary>
    public static SmtpReply Challenge(string base64) => new(334, base64);
}
