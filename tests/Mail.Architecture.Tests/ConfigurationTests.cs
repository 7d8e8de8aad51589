namespace Mail.Architecture.Tests;

/// <summary><c>docs/configuration.md</c> is made of the option types. <c>MAIL_UPDATE_DOCS=1</c> (or <c>make docs</c>) writes it again.</summary>
public sealed class ConfigurationTests
{
    private const string Document = "docs/configuration.md";
    private const string UpdateVariable = "MAIL_UPDATE_DOCS";

    private static readonly IReadOnlyList<OptionsSection> _sections = OptionsSection.OfProduct();

    [Fact]
    public void The_document_is_what_the_option_types_say()
    {
        var expected = ConfigurationDocument.Write(_sections);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllText(Repository.PathOf(Document), expected);
        var path = Repository.PathOf(Document);
        Assert.True(File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == expected,
            $"{Document} is out of date. Run 'make docs' ({UpdateVariable}=1 for this test) and commit what it writes.");
    }

    [Fact]
    public void Every_setting_says_what_it_means() => Repository.AssertNone(
        from section in _sections
        from setting in section.Settings
        where setting.Meaning.Length == 0
        select setting.Key);

    [Fact]
    public void Every_setting_is_bound_by_one_type() => Repository.AssertNone(
        _sections.SelectMany(section => section.Settings).GroupBy(setting => setting.Key).Where(group => group.Count() > 1)
            .Select(group => group.Key));

    [Fact]
    public void Numbers_and_durations_have_a_range() => Repository.AssertNone(
        from section in _sections
        from setting in section.Settings
        where setting.Range.Length == 0 && setting.Type is "number" or "duration"
        select setting.Key);

    [Fact]
    public void The_option_types_were_found() =>
        Assert.Superset(
            new HashSet<string> { "Mail:Delivery:Mode", "Mail:Secrets:MasterKey", "Mail:OperatorToken", "Mail:Inbound:Port", "Mail:Send:MaxRecipients" },
            _sections.SelectMany(section => section.Settings).Select(setting => setting.Key).ToHashSet());
}
