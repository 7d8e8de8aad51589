using System.Text.RegularExpressions;

namespace Mail.Architecture.Tests;

/// <summary>SQL is written in stores and migrations, where it can be read and reviewed in one place.</summary>
public sealed partial class SqlTests
{
    // Files that are no stores and have a statement all the same, with the reason.
    private static readonly Dictionary<string, string> _exceptions = new()
    {
        ["Mail.Core/Persistence/Migrator.cs"] = "the advisory lock around the migration store",
        ["Mail.Core/Queue/QueueSignal.cs"] = "NOTIFY is the signal itself",
        ["Mail.Core/Queue/QueueListener.cs"] = "LISTEN is the signal itself",
        ["Mail.Integrations/Npgsql/NpgsqlHealthCheck.cs"] = "a round trip",
        ["Mail.AppHost/Hosting/Postgres/Postgres.cs"] = "creates the database and checks that it is there",
    };

    [Fact]
    public void Sql_stands_in_stores_statements_and_migrations_only() => Repository.AssertNone(
        from file in Repository.ProductSources
        where !IsStore(file) && !_exceptions.ContainsKey(file)
        let text = Repository.Read(file)
        from literal in Literals(text)
        where Statement().IsMatch(literal.Text)
        select $"{file}:{Repository.LineOf(text, literal.Position)}: {literal.Text.Trim().Split('\n')[0]}");

    [Fact]
    public void Every_exception_is_still_one() => Assert.All(_exceptions.Keys, file =>
        Assert.Contains(Literals(Repository.Read(file)), literal => Statement().IsMatch(literal.Text)));

    [Fact]
    public void The_search_finds_the_statements_of_the_stores() => Assert.All(
        ["Mail.Core/Queue/QueueStore.cs", "Mail.Core/Messages/AcceptStatements.cs", "Mail.Core/Organizations/OrganizationStore.cs"],
        file => Assert.Contains(Literals(Repository.Read(file)), literal => Statement().IsMatch(literal.Text)));

    [Fact]
    public void Migrations_are_numbered_without_gaps_and_each_opens_with_a_comment()
    {
        var migrations = Repository.Files.Where(file => file.StartsWith("Mail.Core/Migrations/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(migrations);
        Assert.All(migrations, (file, i) =>
        {
            Assert.Matches($"^{i + 1:0000}_[a-z0-9_]+\\.sql$", Path.GetFileName(file));
            Assert.StartsWith("-- ", Repository.Read(file), StringComparison.Ordinal);
        });
    }

    private static bool IsStore(string file) =>
        file.EndsWith("Store.cs", StringComparison.Ordinal) || file.EndsWith("Statements.cs", StringComparison.Ordinal);

    private static IEnumerable<(string Text, int Position)> Literals(string source) => Tokens().Matches(source)
        .Select(match => (match.Groups["raw"] is { Success: true } raw ? raw : match.Groups["text"]))
        .Where(group => group.Success)
        .Select(group => (group.Value, group.Index));

    // Comments and character literals are matched so that quotes in them open nothing.
    [GeneratedRegex(
        """"(?s)//[^\n]*|/\*.*?\*/|(?<q>"{3,})(?<raw>.*?)\k<q>|@\$?"(?<text>(?:[^"]|"")*)"|"(?<text>(?:\\.|[^"\\\n])*)"|'(?:\\.|[^'\\\n])+'"""")]
    private static partial Regex Tokens();

    [GeneratedRegex(
        @"^\s*(?:(?:select|SELECT)\s+(?:[\w*('$]|\{)|insert\s+into\s|update\s+\w+\s+(?:\w+\s+)?set\s|delete\s+from\s|with\s+\w+\s+as\s*\(" +
        @"|(?:create|alter|drop|CREATE|ALTER|DROP)\s+(?:table|index|unique|database|schema|function|role|type|DATABASE|TABLE)\b" +
        @"|truncate\s+\w|(?:listen|notify)\s+(?:\w|\{))")]
    private static partial Regex Statement();
}
