using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Mail.Architecture.Tests;

/// <summary>Sizes, and how things are logged.</summary>
public sealed partial class SourceTests(ITestOutputHelper output)
{
    private const int AskWhy = 300;
    private const int NeedsReason = 500;

    // Files above NeedsReason, each with the reason why it is better whole.
    private static readonly Dictionary<string, string> _large = [];

    [Fact]
    public void Files_are_short_or_have_a_reason()
    {
        var sizes = Repository.Sources.Select(file => (File: file, Lines: File.ReadLines(Repository.PathOf(file)).Count())).ToList();
        foreach (var (file, lines) in sizes.Where(size => size.Lines > AskWhy).OrderByDescending(size => size.Lines))
            output.WriteLine($"{lines} lines: {file}");
        Repository.AssertNone(sizes.Where(size => size.Lines > NeedsReason && !_large.ContainsKey(size.File))
            .Select(size => $"{size.File} has {size.Lines} lines"));
    }

    [Theory]
    [InlineData("Mail.Api/Program.cs", 60)]
    [InlineData("Mail.Worker/Program.cs", 60)]
    [InlineData("Mail.Inbound/Program.cs", 60)]
    [InlineData("Mail.AppHost/AppHost.cs", 120)]
    public void Programs_fit_on_a_screen(string file, int most) =>
        Assert.InRange(File.ReadLines(Repository.PathOf(file)).Count(), 1, most);

    [Fact]
    public void Names_of_log_events_are_unique()
    {
        var events = Repository.ProductSources.SelectMany(file => LogEvent().Matches(Repository.Read(file)), (file, match) =>
            (Name: match.Groups["name"].Value, File: file)).ToList();
        Assert.NotEmpty(events);
        Repository.AssertNone(events.GroupBy(happened => happened.Name).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(happened => happened.File))}"));
    }

    // The generator makes a stable id of the name; numbers given by hand collide.
    [Fact]
    public void Log_events_are_not_numbered_by_hand() => Repository.AssertNone(
        Repository.ProductSources.Where(file => NumberedEvent().IsMatch(Repository.Read(file))));

    [Fact]
    public void Nothing_is_logged_but_by_generated_methods() => Complain(LogCall());

    [Fact]
    public void Nothing_is_hidden_in_regions() => Complain(Region());

    [Fact]
    public void No_configure_await_false() => Complain(ConfigureAwaitFalse());

    private static void Complain(Regex unwanted) => Repository.AssertNone(
        from file in Repository.ProductSources
        let text = Repository.Read(file)
        from Match match in unwanted.Matches(text)
        select $"{file}:{Repository.LineOf(text, match.Index)}: {match.Value}");

    [GeneratedRegex(@"\[LoggerMessage\((?s:.*?)\)\]\s*(?:public|internal|private)\s+(?:static\s+)?partial\s+void\s+(?<name>\w+)")]
    private static partial Regex LogEvent();

    [GeneratedRegex(@"\[LoggerMessage\(\s*\d|EventId\s*=")]
    private static partial Regex NumberedEvent();

    [GeneratedRegex(@"\.Log(?:Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex LogCall();

    [GeneratedRegex(@"(?m)^\s*#region")]
    private static partial Regex Region();

    [GeneratedRegex(@"ConfigureAwait\(false\)")]
    private static partial Regex ConfigureAwaitFalse();
}
