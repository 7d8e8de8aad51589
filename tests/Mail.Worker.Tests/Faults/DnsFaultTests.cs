namespace Mail.Worker.Tests.Faults;

public sealed class DnsFaultTests(DnsFaultRun run) : IClassFixture<DnsFaultRun>
{
    public static TheoryData<string> Faults => [.. DnsFaultRun.Rows.Select(row => row.Fault)];

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_of_the_name_service_ends_as_the_table_says(string fault)
    {
        var row = DnsFaultRun.Rows.Single(row => row.Fault == fault);
        var end = run.EndOf(row);

        if (row.End.Contains(' '))
            Assert.True(row.End == end.Verdict, $"{fault}: {end}");
        else
            Assert.True(end.Verdict == "delivered end_of_data accepted" && (row.End == "*" || row.End == end.Host), $"{fault}: {end}");
    }
}
