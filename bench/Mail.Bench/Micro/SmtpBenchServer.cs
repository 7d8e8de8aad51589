using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Mail.Protocol.Smtp;

namespace Mail.Bench.Micro;

/// <summary>The smallest server the library's parts make: it takes every message and drops it.</summary>
internal static class SmtpBenchServer
{
    private static readonly SmtpReply Hello = SmtpReplies.Ehlo("server.example", ["PIPELINING", "8BITMIME", "SIZE"]);

    internal static async Task ServeAsync(Socket listener)
    {
        using var socket = await listener.AcceptAsync();
        socket.NoDelay = true;
        await using var stream = new NetworkStream(socket);
        var input = PipeReader.Create(stream);
        var output = new ArrayBufferWriter<byte>(4096);
        var lines = new SmtpLineReader(input);
        var message = new ArrayBufferWriter<byte>(64 * 1024);
        var state = SmtpSessionState.Start;
        SmtpReplies.Greeting("server.example").WriteTo(output);
        while (state != SmtpSessionState.Closed)
        {
            if (!lines.HasBuffered())
                await FlushAsync(stream, output);
            var line = await lines.ReadAsync(SmtpLimits.MaxCommandLineOctets, CancellationToken.None);
            var command = SmtpCommandParser.Parse(line.Octets.Span);
            var transition = SmtpStateTable.Lookup(state, command.Verb, SmtpSessionFlags.None);
            state = transition.Next;
            if (transition.IsAllowed && command is SmtpCommand.Data)
            {
                SmtpReplies.StartMailInput.WriteTo(output);
                await FlushAsync(stream, output);
                await SmtpDataReader.ReadAsync(input, message, long.MaxValue, CancellationToken.None);
                message.ResetWrittenCount();
            }
            (transition.Refusal ?? ReplyTo(command)).WriteTo(output);
        }
        await FlushAsync(stream, output);
    }

    private static SmtpReply ReplyTo(SmtpCommand command) => command switch
    {
        SmtpCommand.Ehlo => Hello,
        SmtpCommand.Mail => SmtpReplies.SenderOk,
        SmtpCommand.Rcpt => SmtpReplies.RecipientOk,
        SmtpCommand.Quit => SmtpReplies.Bye,
        _ => SmtpReplies.Ok,
    };

    private static async Task FlushAsync(NetworkStream stream, ArrayBufferWriter<byte> output)
    {
        if (output.WrittenCount == 0)
            return;
        await stream.WriteAsync(output.WrittenMemory);
        output.ResetWrittenCount();
    }
}
