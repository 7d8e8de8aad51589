using System.Xml.Linq;
using Mail.Protocol.Smtp;

namespace Mail.Architecture.Tests;

/// <summary>Who may know whom: <c>{Protocol, Integrations} ← Core ← hosts</c>, <c>ServiceDefaults ← hosts</c>, the AppHost starts the hosts.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> _allowed = new()
    {
        ["Mail.Protocol"] = [],
        ["Mail.Integrations"] = [],
        ["Mail.ServiceDefaults"] = [],
        ["Mail.Core"] = ["Mail.Integrations", "Mail.Protocol"],
        ["Mail.Api"] = ["Mail.Core", "Mail.ServiceDefaults"],
        ["Mail.Worker"] = ["Mail.Core", "Mail.ServiceDefaults"],
        ["Mail.Inbound"] = ["Mail.Core", "Mail.ServiceDefaults"],
        ["Mail.AppHost"] = ["Mail.Api", "Mail.Inbound", "Mail.Worker"],
    };

    private static readonly string[] _hosts = ["Mail.Api", "Mail.Worker", "Mail.Inbound"];

    [Fact]
    public void Every_project_references_only_what_the_picture_allows()
    {
        foreach (var (name, project) in Projects())
        {
            Assert.True(_allowed.ContainsKey(name), $"{name} is new: give it its place in this test and in docs/architecture.md.");
            Assert.Equal(_allowed[name], Included(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void The_picture_shows_projects_that_exist() =>
        Assert.Equal(_allowed.Keys.Order(StringComparer.Ordinal), Projects().Select(project => project.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Protocol_references_nothing_but_the_framework()
    {
        var project = Projects().Single(project => project.Name == "Mail.Protocol").Project;
        Assert.Empty(Included(project, "PackageReference"));
        Assert.Empty(Included(project, "FrameworkReference"));
        Assert.All(typeof(SmtpReply).Assembly.GetReferencedAssemblies(), reference =>
            Assert.True(reference.Name!.StartsWith("System.", StringComparison.Ordinal), reference.Name));
    }

    [Fact]
    public void Product_code_does_not_reference_test_code() => Repository.AssertNone(
        Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal) && file.StartsWith("Mail.", StringComparison.Ordinal))
            .Where(file => Repository.Read(file).Contains("Mail.TestKit", StringComparison.Ordinal)));

    // A host is a program; whoever wants to share code with one puts that into the core.
    [Fact]
    public void No_library_names_a_host() => Repository.AssertNone(
        Repository.ProductSources
            .Where(file => !_hosts.Append("Mail.AppHost").Any(host => file.StartsWith(host + "/", StringComparison.Ordinal)))
            .Where(file => _hosts.Any(host => Repository.Read(file).Contains($"using {host}", StringComparison.Ordinal))));

    private static IEnumerable<(string Name, XElement Project)> Projects() => Repository.Files
        .Where(file => file.EndsWith(".csproj", StringComparison.Ordinal) && file.StartsWith("Mail.", StringComparison.Ordinal))
        .Select(file => (Path.GetFileNameWithoutExtension(file), XElement.Load(Repository.PathOf(file))));

    private static IEnumerable<string> Included(XElement project, string item) =>
        project.Descendants(item).Select(element => ((string)element.Attribute("Include")!).Replace('\\', '/'));
}
