using System.Text.Json;
using Mail.Core.Templates.Design;
using Mail.TestKit.Servers;

namespace Mail.Core.Tests.Templates.Design;

/// <summary>The schema that editors use says the same as the reader, about whatever a schema can say.</summary>
public sealed class DesignSchemaTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/Mail.Core.Tests/Templates/Design/Golden");

    private static readonly string[] _blocks =
    [
        """{"type":"heading","content":"x","level":4}""", """{"type":"heading"}""", """{"type":"text","content":[{"txt":"x"}]}""",
        """{"type":"text","content":[{"bold":true}]}""", """{"type":"text","content":"x","size":9}""", """{"type":"text","content":"x","color":"red"}""",
        """{"type":"text","content":[{"text":"x","link":"javascript:x"}]}""", """{"type":"text","content":[{"variable":"a b"}]}""",
        """{"type":"text","content":[{"variable":"a"}],"align":"left"}""", """{"type":"image","src":"https://a.test/"}""",
        """{"type":"image","src":"ftp://a.test/","alt":""}""", """{"type":"button","label":"x"}""", """{"type":"spacer","height":2.5}""",
        """{"type":"list","items":[]}""", """{"type":"table","columns":[{"title":"x"}]}""", """{"type":"table","columns":[],"rows":[["x"]]}""",
        """{"type":"table","columns":[{"title":"x"}],"rows":[]}""", """{"type":"social","links":[{"label":"x"}]}""", """{"type":"footer"}""",
        """{"type":"html"}""", """{"type":"video"}""", """{"type":"divider","thickness":0}""", """{"type":"repeat","children":[]}""",
        """{"type":"condition","variable":"a","children":[]}""", """{"type":"spacer","hight":4}""",
        """{"type":"text","content":"ok"}""", """{"type":"image","src":"{{a}}","alt":""}""", """{"type":"divider"}""",
        """{"type":"text","content":[{"variable":"../a"},{"variable":"this"},{"variable":"a.[x y]","default":"z"}]}""",
    ];

    [Fact]
    public async Task The_schema_and_the_reader_agree()
    {
        var documents = Directory.GetFiles(Folder, "*.json").Where(file => !file.EndsWith(".data.json", StringComparison.Ordinal))
            .Select(File.ReadAllText)
            .Concat(_blocks.Select(block =>
                $"{{\"schema\":1,\"children\":[\"r\"],\"blocks\":{{\"r\":{{\"type\":\"repeat\",\"each\":\"l\",\"children\":[\"s\"]}},"
                + $"\"s\":{{\"type\":\"section\",\"children\":[\"c\"]}},\"c\":{{\"type\":\"column\",\"children\":[\"b\"]}},\"b\":{block}}}}}"))
            .Append("""{"schema":2,"children":["s"],"blocks":{"s":{"type":"section","children":["c"]},"c":{"type":"column"}}}""")
            .Append("""{"schema":1,"children":["s"],"settings":{"width":100},"blocks":{"s":{"type":"section","children":["c"]},"c":{"type":"column"}}}""")
            .ToList();

        var answers = await NodePeer.RunAsync("validate_designs.cjs", $"[{string.Join(',', documents)}]");

        for (var i = 0; i < documents.Count; i++)
        {
            var errors = DesignReader.Read(JsonElement.Parse(documents[i])).Errors;
            Assert.True((errors.Count == 0) == (answers[i].GetString() == "valid"),
                $"{documents[i]}: {answers[i].GetString()}; {string.Join(", ", errors.Select(error => $"{error.Path} {error.Code}"))}");
        }
    }
}
