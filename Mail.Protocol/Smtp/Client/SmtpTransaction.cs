namespace Mail.Protocol.Smtp;

/// <summary>One mail transaction: RFC 5321 §3.3, pipelined as RFC 2920 allows.</summary>
internal sealed class SmtpTransaction(
    SmtpChannel channel, SmtpClientOptions options, SmtpExtensions extensions, SmtpEnvelope envelope, ISmtpContent content)
{
    private readonly SmtpReply?[] _rcptReplies = new SmtpReply?[envelope.Recipients.Count];
    private readonly bool _chunking = options.UseChunking && extensions.Chunking;
    private SmtpReply? _mailReply;
    private SmtpReply? _finalReply;
    private SmtpFailure? _failure;
    private int _accepted;
    private bool _dataSent;

    /// <summary>The server may still hold state of this transaction: RSET before the next.</summary>
    public bool NeedsReset { get; private set; }

    public async ValueTask<SmtpTransactionResult> RunAsync(bool resetFirst)
    {
        NeedsReset = true;
        if (await ExchangeEnvelopeAsync(resetFirst) && await OpenDataAsync())
            await SendContentAsync();
        NeedsReset = _finalReply is not { IsPositive: true };
        return Result();
    }

    // Steps of the envelope in order: [RSET] MAIL RCPT… and, when pipelined, DATA behind the last RCPT.
    private async ValueTask<bool> ExchangeEnvelopeAsync(bool resetFirst)
    {
        var first = resetFirst ? -1 : 0;
        var total = envelope.Recipients.Count + 1;
        var window = extensions.Pipelining ? SmtpLimits.PipelineWindow : 1;
        for (var sent = first; sent < total;)
        {
            var end = Math.Min(total, sent + window);
            for (var step = sent; step < end; step++)
                WriteStep(step);
            // RFC 2920 §3.1: DATA can only be the last command of a group.
            if (end == total && extensions.Pipelining && !_chunking && (_accepted > 0 || sent <= 0))
                WriteData();
            if (!await channel.FlushAsync(StageOf(sent), TimeoutOf(sent)))
                return Stop(channel.Failure!);
            for (var step = sent; step < end; step++)
            {
                if (!await ReadStepAsync(step))
                    return false;
            }
            sent = end;
            if (_mailReply is { IsPositive: false } && !_dataSent)
                return Stop(Refused(SmtpStage.MailFrom, _mailReply));
        }
        return true;
    }

    private void WriteStep(int step)
    {
        switch (step)
        {
            case < 0:
                channel.Output.WriteLine("RSET"u8);
                break;
            case 0:
                channel.Output.WriteMail(envelope, extensions, content.Length ?? envelope.Size);
                break;
            default:
                channel.Output.WriteRcpt(envelope.Recipients[step - 1], extensions);
                break;
        }
        channel.EndCommand(StageOf(step));
    }

    private void WriteData()
    {
        channel.Output.WriteLine("DATA"u8);
        channel.EndCommand(SmtpStage.Data);
        _dataSent = true;
    }

    private async ValueTask<bool> ReadStepAsync(int step)
    {
        var stage = StageOf(step);
        if (await channel.ReadReplyAsync(stage, TimeoutOf(step)) is not { } reply)
            return Stop(Told());
        if (reply.ClosesConnection || (step < 0 && !reply.IsPositive) || reply.IsIntermediate)
            return StopChannel(Broken(stage, reply)); // RFC 5321 §3.8: 421 comes in place of any reply
        if (step == 0)
            _mailReply = reply;
        if (step > 0)
            _rcptReplies[step - 1] = reply;
        // RFC 5321 §4.2.3: 250 and 251 accept; 252 is not defined for RCPT but positive.
        if (step > 0 && reply.IsPositive && _mailReply is { IsPositive: true })
            _accepted++;
        return true;
    }

    private async ValueTask<bool> OpenDataAsync()
    {
        if (_chunking)
            return _accepted > 0;
        if (!_dataSent)
        {
            if (_accepted == 0)
                return false;
            WriteData();
            if (!await channel.FlushAsync(SmtpStage.Data, options.Timeouts.DataInitiation))
                return Stop(channel.Failure!);
        }
        if (await channel.ReadReplyAsync(SmtpStage.Data, options.Timeouts.DataInitiation) is not { } reply)
            return Stop(Told());
        if (reply.ClosesConnection)
            return StopChannel(Broken(SmtpStage.Data, reply));
        if (_mailReply is { IsPositive: false } refusal)
            Stop(Refused(SmtpStage.MailFrom, refusal));
        if (reply.IsIntermediate)
            return _accepted > 0 || await AbandonDataAsync();
        if (reply.IsPositive)
            return StopChannel(Unexpected(SmtpStage.Data, reply));
        return _accepted > 0 && Stop(Refused(SmtpStage.Data, reply));
    }

    // RFC 2920 §3.1: a server that says 354 although it refused every recipient gets an empty message.
    private async ValueTask<bool> AbandonDataAsync()
    {
        channel.Output.WriteLine("."u8);
        channel.EndCommand(SmtpStage.Data);
        if (await channel.FlushAsync(SmtpStage.Data, options.Timeouts.DataBlock))
            await channel.ReadReplyAsync(SmtpStage.Data, options.Timeouts.DataTermination);
        return false;
    }

    private async ValueTask SendContentAsync()
    {
        var stream = _chunking ? new SmtpChunkStream(channel, options.Timeouts) : new SmtpDataStream(channel, options.Timeouts, true);
        try
        {
            await content.WriteToAsync(stream, channel.Aborted);
        }
        catch (IOException) when (channel.Failure is not null || stream is SmtpChunkStream { Refusal: not null })
        {
            // Told below: the channel or the chunk stream knows why.
        }
        catch (Exception exception)
        {
            // The caller's content broke: the server must not take what it got so far for a message.
            if (!channel.FailContent(exception))
                throw;
        }
        if (stream is SmtpChunkStream { Refusal: { } refusal })
            StopFor(SmtpStage.Data, refusal);
        else if (channel.Failure is { } broken || !await stream.CompleteAsync())
            Stop(channel.Failure!);
        else
            await ReadFinalReplyAsync();
    }

    private async ValueTask ReadFinalReplyAsync()
    {
        if (await channel.ReadReplyAsync(SmtpStage.EndOfData, options.Timeouts.DataTermination) is not { } reply)
        {
            Stop(channel.Failure!);
            return;
        }
        _finalReply = reply;
        if (!reply.IsPositive)
            StopFor(SmtpStage.EndOfData, reply);
    }

    private void StopFor(SmtpStage stage, SmtpReply reply)
    {
        if (reply.ClosesConnection || reply.IsIntermediate)
            StopChannel(Broken(stage, reply));
        else
            Stop(Refused(stage, reply));
    }

    // A server that hangs up behind its "no" to MAIL has said it all the same.
    private SmtpFailure Told() =>
        _mailReply is { IsPositive: false } refusal ? Refused(SmtpStage.MailFrom, refusal) : channel.Failure!;

    private bool Stop(SmtpFailure failure)
    {
        _failure ??= failure;
        return false;
    }

    private bool StopChannel(SmtpFailure failure)
    {
        channel.Fail(failure);
        return Stop(failure);
    }

    private static SmtpFailure Broken(SmtpStage stage, SmtpReply reply) =>
        reply.Code >= 400 ? Refused(stage, reply) : Unexpected(stage, reply);

    private static SmtpFailure Refused(SmtpStage stage, SmtpReply reply) => new(stage, SmtpCause.Refused, reply);

    private static SmtpFailure Unexpected(SmtpStage stage, SmtpReply reply) =>
        new(stage, SmtpCause.ProtocolError, reply, "a reply that makes no sense at this stage");

    private static SmtpStage StageOf(int step) => step switch
    {
        < 0 => SmtpStage.Reset,
        0 => SmtpStage.MailFrom,
        _ => SmtpStage.RcptTo,
    };

    private TimeSpan TimeoutOf(int step) => step switch
    {
        < 0 => options.Timeouts.Command,
        0 => options.Timeouts.Mail,
        _ => options.Timeouts.Rcpt,
    };

    private SmtpTransactionResult Result()
    {
        var recipients = new SmtpRecipientResult[_rcptReplies.Length];
        for (var i = 0; i < recipients.Length; i++)
            recipients[i] = ResultOf(envelope.Recipients[i], _rcptReplies[i]);
        return new SmtpTransactionResult(recipients, _failure, channel.Failure is null) { FinalReply = _finalReply };
    }

    private SmtpRecipientResult ResultOf(SmtpRecipient recipient, SmtpReply? reply)
    {
        var refusedHere = reply is { IsPositive: false } && _mailReply is { IsPositive: true };
        if (refusedHere)
            return new SmtpRecipientResult(recipient, SmtpRecipientOutcome.Refused, SmtpStage.RcptTo, reply, SmtpCause.Refused);
        if (_failure is not { } failure)
            return new SmtpRecipientResult(recipient, SmtpRecipientOutcome.Accepted, SmtpStage.EndOfData, _finalReply, null);
        var outcome = failure.IsAmbiguous ? SmtpRecipientOutcome.Ambiguous
            : failure is { Cause: SmtpCause.Refused, Stage: not SmtpStage.Reset } ? SmtpRecipientOutcome.Refused // RSET is not about this message
            : SmtpRecipientOutcome.Failed;
        return new SmtpRecipientResult(recipient, outcome, failure.Stage, failure.Reply, failure.Cause);
    }
}
