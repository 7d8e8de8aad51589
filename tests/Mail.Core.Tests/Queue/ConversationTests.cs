using Mail.Core.Queue;

namespace Mail.Core.Tests.Queue;

public sealed class ConversationTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 12, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_was_written_is_read_back()
    {
        ConversationLine[] lines =
        [
            new(Start, Speaker.Note, "connect", "connected to 192.0.2.1:25"),
            new(Start.AddMilliseconds(12), Speaker.Client, "ehlo", "EHLO mta.example"),
            new(Start.AddMilliseconds(40), Speaker.Server, "end_of_data", "250 2.0.0 Ok: queued"),
        ];
        Assert.Equal(lines, Conversation.Read(Start, Conversation.Write(Start, lines)));
    }

    [Fact]
    public void A_reply_of_several_lines_becomes_as_many() =>
        Assert.Equal(["250-first", "250 second"], Texts("250-first\n250 second"));

    [Fact]
    public void Control_characters_do_not_get_through() => Assert.Equal(["250  a b"], Texts("250 \0a\u001bb"));

    [Fact]
    public void A_line_without_text_stays_a_line() => Assert.Equal([""], Texts(""));

    [Fact]
    public void What_is_too_long_is_cut_with_a_note()
    {
        var lines = Enumerable.Range(0, 2000).Select(_ => new ConversationLine(Start, Speaker.Server, "rcpt_to", new string('x', 500)));
        var text = Conversation.Write(Start, lines);
        Assert.InRange(text.Length, 10_000, Conversation.MaxCharacters + 200);
        Assert.Equal(Speaker.Note, Conversation.Read(Start, text)[^1].Speaker);
    }

    private static IEnumerable<string> Texts(string text) =>
        Conversation.Read(Start, Conversation.Write(Start, [new ConversationLine(Start, Speaker.Server, "ehlo", text)])).Select(line => line.Text);
}
