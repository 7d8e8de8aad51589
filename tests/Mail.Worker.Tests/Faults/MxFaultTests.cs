namespace Mail.Worker.Tests.Faults;

public sealed class MxFaultTests(MxFaultRun run) : IClassFixture<MxFaultRun>
{
    public static TheoryData<string, int> Faults => Data(_ => true);

    public static TheoryData<string, int> FaultsOfTransactions => Data(row => row.IsOfTransaction);

    public static TheoryData<string, int> FaultsForPostfix => Data(row => row.Postfix is not null);

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_of_the_only_host_ends_as_the_table_says(string name, int number)
    {
        var (row, end) = (MxFaultRun.Rows[number], run.EndAlone(MxFaultRun.Rows[number]));

        Assert.True(row.Alone == end.Verdict, $"{name}: {end}");
        Assert.Equal($"mx.{row.Domain('a')}", end.Host);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_second_host_is_tried_when_the_first_did_not_decide(string name, int number)
    {
        var (row, end) = (MxFaultRun.Rows[number], run.EndWithNext(MxFaultRun.Rows[number]));

        Assert.True(row.WithNext == end.Verdict, $"{name}: {end}");
        Assert.Equal(row.IsNextTried ? MxFaultRun.Healthy : $"mx.{row.Domain('n')}", end.Host);
    }

    [Theory]
    [MemberData(nameof(FaultsOfTransactions))]
    public void It_ends_alike_with_a_host_that_takes_one_command_at_a_time(string name, int number)
    {
        var (row, end) = (MxFaultRun.Rows[number], run.EndWithoutPipelining(MxFaultRun.Rows[number]));

        Assert.True(row.Alone == end.Verdict, $"{name}: {end}");
    }

    [Theory]
    [MemberData(nameof(FaultsForPostfix))]
    public void Postfix_ends_alike_or_the_table_says_why_not(string name, int number)
    {
        var row = MxFaultRun.Rows[number];

        Assert.True(row.Postfix == run.PostfixEnd(row), $"{name}: {run.PostfixEnd(row)}");
    }

    private static TheoryData<string, int> Data(Func<MxFaultRow, bool> take)
    {
        var data = new TheoryData<string, int>();
        foreach (var row in MxFaultRun.Rows.Where(take))
            data.Add(row.Name, row.Number);
        return data;
    }
}
