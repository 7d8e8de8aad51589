using System.Text.RegularExpressions;
using Mail.Core.Messages;
using Mail.Core.Persistence;

namespace Mail.Architecture.Tests;

/// <summary><c>docs/states.md</c> has the states that the schema's CHECKs allow, neither more nor fewer.</summary>
public sealed partial class StatesTests
{
    private static readonly string _schema = string.Concat(Migrator.Known().Select(migration => migration.Sql));

    public static TheoryData<string, string, string> StateColumns() => new()
    {
        { "Messages and recipients", "messages", "status" },
        { "Messages and recipients", "message_recipients", "status" },
        { "Attempts", "delivery_attempts", "outcome" },
        { "Domains", "domains", "status" },
        { "Webhook endpoints", "webhook_endpoints", "status" },
        { "Webhook deliveries", "webhook_deliveries", "status" },
        { "Organizations", "organizations", "status" },
    };

    [Theory]
    [MemberData(nameof(StateColumns))]
    public void States_of_the_page_are_those_of_the_schema(string heading, string table, string column) =>
        Assert.Equal(OfSchema(table, column), OfPage(heading));

    [Fact]
    public void Sending_is_the_only_status_that_is_not_stored() => Assert.Equal(
        [MessageStatus.Sending],
        Enum.GetValues<MessageStatus>().Where(status => !OfSchema("messages", "status").Contains(status.ToText())));

    private static List<string> OfSchema(string table, string column)
    {
        var definition = Regex.Match(_schema, $@"create table {table} \((.*?)\n\)", RegexOptions.Singleline).Groups[1].Value;
        var check = Regex.Match(definition, $@"\n    {column} .*?check \({column} in\s*\(([^)]*)\)", RegexOptions.Singleline).Groups[1].Value;
        return [.. Quoted().Matches(check).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];
    }

    private static List<string> OfPage(string heading)
    {
        var page = Repository.Read("docs/states.md");
        var section = page.Split($"\n## {heading}\n")[1].Split("\n## ")[0];
        return [.. FirstCell().Matches(section).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex("'([a-z_]+)'")]
    private static partial Regex Quoted();

    // Rows that name a stored state have it as code in the first column; 'sending' stands in italics.
    [GeneratedRegex(@"(?m)^\| `([a-z_]+)` \|")]
    private static partial Regex FirstCell();
}
