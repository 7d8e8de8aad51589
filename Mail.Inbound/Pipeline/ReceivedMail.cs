using System.Buffers;
using System.Net;
using Mail.Protocol.Smtp;

namespace Mail.Inbound.Pipeline;

/// <summary>A message a session has taken, not answered yet. The body is the session's and lives until it is answered.</summary>
internal sealed record ReceivedMail(
    SmtpPath ReversePath, IReadOnlyList<AdmittedRecipient> Recipients, ReadOnlySequence<byte> Body, IPAddress ClientAddress, string HelloName,
    string ProtocolName);
