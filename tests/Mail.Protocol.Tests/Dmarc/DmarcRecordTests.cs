using FsCheck;
using FsCheck.Fluent;
using Mail.Protocol.Dmarc;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Dmarc;

public sealed class DmarcRecordTests
{
    [Fact]
    public void All_tags_are_read()
    {
        var record = DmarcRecord.Parse(
            "v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s; aspf=s; t=y; psd=n; fo=1:d:s; pct=30; "
            + "rua=mailto:a@example.com,mailto:b@example.net!10m,https://example.org/r; ruf=mailto:f@example.com")!;

        Assert.Equal((DmarcPolicy.Reject, DmarcPolicy.Quarantine, DmarcPolicy.None), (record.Policy, record.SubdomainPolicy, record.NonexistentPolicy));
        Assert.Equal((DmarcAlignment.Strict, DmarcAlignment.Strict), (record.DkimAlignment, record.SpfAlignment));
        Assert.Equal((true, DmarcPublicSuffix.No, "1ds", 30), (record.IsTesting, record.PublicSuffix, record.FailureOptions, record.Percentage));
        Assert.Equal(["mailto:a@example.com", "mailto:b@example.net", "https://example.org/r"], record.AggregateReports.Select(r => r.Uri.OriginalString));
        Assert.Equal([null, 10L << 20, null], record.AggregateReports.Select(r => r.MaximumBytes));
        Assert.Equal("mailto:f@example.com", Assert.Single(record.FailureReports).Uri.OriginalString);
    }

    [Fact]
    public void Defaults_are_those_of_the_standard()
    {
        var record = DmarcRecord.Parse("v=DMARC1; p=none")!;

        Assert.Equal((DmarcAlignment.Relaxed, DmarcAlignment.Relaxed, false), (record.DkimAlignment, record.SpfAlignment, record.IsTesting));
        Assert.Equal((DmarcPublicSuffix.Unknown, "0", 100), (record.PublicSuffix, record.FailureOptions, record.Percentage));
        Assert.Null(record.SubdomainPolicy);
        Assert.Empty(record.AggregateReports);
    }

    [Theory]
    [InlineData("")]
    [InlineData("v=DMARC1foo; p=none")]
    [InlineData("v=DMARC1 p=none")]
    [InlineData("DMARC1; p=none")]
    [InlineData("v=spf1 -all")]
    [InlineData(";v=DMARC1; p=none")]
    public void Other_texts_are_no_records(string text) => Assert.Null(DmarcRecord.Parse(text));

    [Theory]
    [InlineData("0:1", "0")]
    [InlineData("d:d", "0")]
    [InlineData("x", "0")]
    [InlineData("d:1", "d1")]
    [InlineData("", "0")]
    [InlineData(" S : D ", "sd")]
    public void Failure_options_are_checked(string value, string expected) =>
        Assert.Equal(expected, DmarcRecord.Parse($"v=DMARC1; p=none; fo={value}")!.FailureOptions);

    [Theory]
    [InlineData("mailto:a@b.example!", 0)]
    [InlineData("mailto:a@b.example!10x", 0)]
    [InlineData("mailto:nobody", 0)]
    [InlineData("a@b.example", 0)]
    [InlineData("mailto:a@b.example!999999t", 1)]
    [InlineData("mailto:a@b.example,,mailto:c@d.example", 2)]
    public void Report_addresses_that_cannot_be_used_are_left_out(string value, int expected) =>
        Assert.Equal(expected, DmarcRecord.Parse($"v=DMARC1; p=none; rua={value}")!.AggregateReports.Count);

    [Fact]
    public void Reading_never_throws_and_ends() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<string?>(),
        text => DmarcRecord.Parse("v=DMARC1;" + text) is not null));

    [Fact]
    public async Task A_name_of_many_labels_costs_eight_questions()
    {
        var resolver = FakeDnsResolver.FromText("_dmarc.example TXT \"v=DMARC1; p=reject\"");
        var author = string.Join('.', Enumerable.Repeat("a", 100)) + ".example";

        var outcome = await DmarcEvaluator.EvaluateAsync(new DmarcInput(author, null, []), resolver, CancellationToken.None);

        Assert.Equal(("example", DmarcResult.Fail), (outcome.PolicyDomain, outcome.Result));
        Assert.Equal(8, resolver.Questions.Count);
    }

    [Fact]
    public async Task Many_signatures_do_not_multiply_questions()
    {
        var resolver = FakeDnsResolver.FromText("_dmarc.a.example TXT \"v=DMARC1; p=reject\"");
        var signatures = Enumerable.Range(0, 10_000).Select(i => new DmarcIdentifier($"s{i}.other.example", DmarcMechanismResult.Pass)).ToList();

        var outcome = await DmarcEvaluator.EvaluateAsync(new DmarcInput("a.example", null, signatures), resolver, CancellationToken.None);

        Assert.Equal(DmarcResult.Fail, outcome.Result);
        Assert.InRange(resolver.Questions.Count, 1, 4);
    }

    [Fact]
    public async Task Cancelling_ends_the_check()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => DmarcEvaluator.EvaluateAsync(new DmarcInput("a.example", null, []), new FakeDnsResolver(), cancelled.Token));
    }
}
