using Mail.Core.Inbound;
using Mail.TestKit.Servers;

namespace Mail.Core.Tests.Inbound;

/// <summary>Replies/NN-name.txt: the text of a reply, a line <c>=== reply</c>, and what its author wrote.</summary>
public sealed class QuotedReplyTests
{
    private const string Divider = "=== reply\n";
    private static readonly string _folder = Path.Combine(Repository.Root, "tests/Mail.Core.Tests/Inbound/Replies");

    public static TheoryData<string> Names() => [.. Directory.GetFiles(_folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Reply_is_what_its_author_wrote(string name)
    {
        var file = await File.ReadAllTextAsync(Path.Combine(_folder, name + ".txt"));
        var split = file.IndexOf(Divider, StringComparison.Ordinal);

        var text = file[..split];

        Assert.Equal(file[(split + Divider.Length)..].Trim(), QuotedReply.Strip(text));
        Assert.Equal(file[(split + Divider.Length)..].Trim(), QuotedReply.Strip(text.ReplaceLineEndings("\r\n")));
    }

    [Fact]
    public void Corpus_is_there() => Assert.True(Names().Count > 30);

    [Theory]
    [InlineData(">")]
    [InlineData("On 2026-11-02 10:00 ")]
    [InlineData("On 1@1 wrote\n")]
    [InlineData("From: a\n")]
    [InlineData("From: a\nSubject: b\n\n")]
    [InlineData("-- ")]
    [InlineData("a\n")]
    [InlineData("\n")]
    public async Task Hostile_repetition_is_read_in_no_time(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 2_000_000 / unit.Length));

        var reply = await Task.Run(() => QuotedReply.Strip(text)).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.True(reply.Length <= text.Length);
    }
}
