using System.Globalization;
using Mail.Inbound.Session;
using Mail.TestKit.Smtp;

namespace Mail.Inbound.Tests.Session;

/// <summary>Every file in Dialogues, against the listener in memory and over a socket.</summary>
public sealed class DialogueTests(InboundFixture fixture) : IClassFixture<InboundFixture>
{
    public enum Wire
    {
        Memory,
        Socket,

        /// <summary>A socket, each write in pieces of one octet.</summary>
        Octets,
    }

    public static TheoryData<string, Wire> Files
    {
        get
        {
            var data = new TheoryData<string, Wire>();
            foreach (var name in DialogueFiles.Names)
            {
                data.Add(name, Wire.Memory);
                data.Add(name, Wire.Socket);
                if (IsWorthSplitting(name))
                    data.Add(name, Wire.Octets);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Dialogue_goes_as_written(string file, Wire wire)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var dialogue = DialogueFiles.Load(file);
        await fixture.ClearAsync();
        var host = dialogue.Settings.GetValueOrDefault("environment") == "Production" ? fixture.Production : fixture.Development;
        var kind = DialogueFiles.KindOf(dialogue);
        await using var stream = wire == Wire.Memory ? host.Connect(kind: kind) : await host.ConnectAsync(kind);
        await dialogue.RunAsync(wire == Wire.Octets ? new ChoppedStream(stream, 1) : stream, limit.Token);
        var stored = await fixture.StoredAsync();
        if (kind != SmtpServiceKind.Exchange)
        {
            Assert.Equal(dialogue.Settings.GetValueOrDefault("messages", "0"), (await fixture.SubmittedAsync()).Count.ToString(CultureInfo.InvariantCulture));
            return;
        }
        if (dialogue.Settings.TryGetValue("messages", out var count))
            Assert.Equal(int.Parse(count, null), stored.Count);
        if (dialogue.Settings.TryGetValue("content", out var content))
            Assert.Equal(SmtpDialogue.Unescape(content), stored[^1].Content);
    }

    // What depends on how the octets arrive.
    private static bool IsWorthSplitting(string name) =>
        (name.Contains("smuggle-", StringComparison.Ordinal) || name is "basic" or "pipelining" or "submission-plain" or "submission-injection" or "bdat" or "bdat-order" or "dots" or "bare-cr-command")
        && DialogueFiles.Load(name).Settings.GetValueOrDefault("octetwise") != "no";
}
