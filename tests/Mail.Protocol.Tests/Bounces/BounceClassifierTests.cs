using System.Globalization;
using System.Runtime.CompilerServices;
using Mail.Protocol.Bounces;
using Mail.TestKit;

namespace Mail.Protocol.Tests.Bounces;

public class BounceClassifierTests
{
    public static TheoryData<string> Replies() => [.. Lines()];

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reply_is_classified(string line)
    {
        var columns = line.Split(" | ", 6);
        int? code = columns[1].Trim().Length == 0 ? null : int.Parse(columns[1], CultureInfo.InvariantCulture);
        var text = columns[5].Replace("\\n", "\n");

        var verdict = BounceClassifier.Default.Classify(new BounceReply(Enum.Parse<BounceStage>(columns[0]), code, null, text));

        Assert.Equal((columns[2], columns[3]), (verdict.Class.ToString(), verdict.Effect.ToString()));
        if (columns[4] != "*")
            Assert.Equal(columns[4], verdict.Provider.Length == 0 || verdict.Provider is "Postfix" && columns[4] == "-" ? "-" : verdict.Provider);
    }

    [Fact]
    public void Enhanced_code_given_apart_counts() =>
        Assert.Equal(BounceClass.MailboxFull, BounceClassifier.Default.Classify(new BounceReply(BounceStage.RcptTo, 550, "5.2.2", "no")).Class);

    [Fact]
    public void Every_class_but_undetermined_has_a_rule()
    {
        var classes = BounceClassifier.Default.Rules.Select(rule => rule.Class).Distinct();

        Assert.Equal(Enum.GetValues<BounceClass>().Except([BounceClass.Undetermined]).Order(), classes.Order());
    }

    [Fact]
    public void Phrases_are_written_as_texts_are_read()
    {
        foreach (var phrase in BounceClassifier.Default.Rules.SelectMany(rule => rule.Phrases))
        {
            Assert.Equal(phrase.ToLowerInvariant(), phrase);
            Assert.DoesNotContain("@", phrase);
            Assert.DoesNotContain("  ", phrase);
        }
    }

    [Theory]
    [InlineData("version 1\nbroken line")]
    [InlineData("version 1\na | | * | NoSuchClass | x")]
    [InlineData("version 1\na | | * | Policy | x\na | | * | Policy | y")]
    [InlineData("a | | * | Policy | x")]
    public void Broken_rule_file_is_refused(string rules) =>
        Assert.Throws<FormatException>(() => BounceClassifier.Read(new StringReader(rules)));

    [Fact]
    public void First_rule_that_fits_decides()
    {
        var classifier = BounceClassifier.Read(new StringReader(
            "version 7\na | X | 5 RcptTo | Policy | foo & bar\nb | Y | 5.1.* | Loop | foo\nc | | * | Network | foo"));

        Assert.Equal(7, classifier.Version);
        Assert.Equal("a", Rule(classifier, BounceStage.RcptTo, "550 bar FOO"));
        Assert.Equal("c", Rule(classifier, BounceStage.Data, "550 bar foo"));
        Assert.Equal("b", Rule(classifier, BounceStage.Data, "550 5.1.10 foo"));
        Assert.Equal("", Rule(classifier, BounceStage.Data, "550 5.1.10 fo"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("user ")]
    [InlineData("\n550-5.1.1 ")]
    [InlineData("(#")]
    public void Huge_texts_cost_no_more_than_their_start(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 5_000_000 / unit.Length));
        var began = ThreadTime.Now;

        BounceClassifier.Default.Classify(new BounceReply(BounceStage.RcptTo, 550, null, text));

        Assert.InRange(ThreadTime.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    private static string Rule(BounceClassifier classifier, BounceStage stage, string text) =>
        classifier.Classify(new BounceReply(stage, null, null, text)).Rule;

    private static IEnumerable<string> Lines([CallerFilePath] string file = "") =>
        File.ReadLines(Path.Combine(Path.GetDirectoryName(file)!, "Vectors", "replies.txt")).Where(line => line.Length > 0 && line[0] != '#');
}
