using System.Diagnostics;
using Mail.Protocol.Addresses;

namespace Mail.Protocol.Tests.Addresses;

public class AddressListTests
{
    public static TheoryData<string, string> Vectors
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var row in VectorFiles.Rows("Addresses/Vectors/lists.tsv")) data.Add(System.Text.RegularExpressions.Regex.Unescape(row[0]), row[1]);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void List_is_read_as_it_was_meant(string text, string expected) => Assert.Equal(expected, Describe(AddressListParser.Parse(text)));

    [Fact]
    public void Limits_end_the_reading_and_say_so()
    {
        var list = AddressListParser.Parse(string.Join(',', Enumerable.Repeat("a@example.com", 50)), new AddressListLimits(MaxMailboxes: 10));
        Assert.True(list.Truncated);
        Assert.Equal(10, list.Items.Count);
        Assert.True(AddressListParser.Parse(new string('a', 100), new AddressListLimits(MaxCharacters: 10)).Truncated);
    }

    public static TheoryData<string, string> Hostile => new()
    {
        { "a group of many", "g:" + string.Concat(Enumerable.Repeat("a@example.com,", 70_000)) + ";" },
        { "many groups", string.Concat(Enumerable.Repeat("g:;", 350_000)) },
        { "groups in groups", string.Concat(Enumerable.Repeat("g:", 500_000)) },
        { "nested comments", new string('(', 500_000) + new string(')', 500_000) + " a@example.com" },
        { "comments never closed", string.Concat(Enumerable.Repeat("a (", 300_000)) },
        { "quotes never closed", string.Concat(Enumerable.Repeat("\"\\", 500_000)) },
        { "literals never closed", string.Concat(Enumerable.Repeat("[,", 500_000)) },
        { "angles never closed", string.Concat(Enumerable.Repeat("<a@b ", 200_000)) },
        { "words and colons", string.Concat(Enumerable.Repeat("a ", 250_000)) + "@" + string.Concat(Enumerable.Repeat(" :", 250_000)) },
        { "dots", "a" + string.Concat(Enumerable.Repeat(".a", 500_000)) + "@example.com" },
        { "ats", new string('@', 1_000_000) },
        { "encoded words never closed", string.Concat(Enumerable.Repeat("=?a?q?,", 140_000)) },
        { "one encoded word after another", string.Concat(Enumerable.Repeat("=?utf-8?q?a?= ", 70_000)) + "<a@example.com>" },
        { "routes", "<" + string.Concat(Enumerable.Repeat("@a,", 300_000)) + ":a@example.com>" },
        { "a long domain", "a@" + string.Concat(Enumerable.Repeat("ü.", 500_000)) },
        { "marks on one letter", "a@ü" + new string('\u0301', 1_000_000) },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Hostile_list_costs_linear_time_and_memory(string name, string text)
    {
        AddressListParser.Parse("a <a@example.com>");
        var (allocated, clock) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        var list = AddressListParser.Parse(text);
        var elapsed = Stopwatch.GetElapsedTime(clock);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.True(elapsed < TimeSpan.FromSeconds(60), $"{name} takes {elapsed}");
        Assert.True(allocated < 200L << 20, $"{name} allocates {allocated}");
        Assert.True(list.Items.Count + list.Unreadable.Count <= AddressListLimits.Default.MaxMailboxes + 1);
    }

    private static string Describe(AddressList list) =>
        string.Join(" | ", list.Items.Select(Describe).Concat(list.Unreadable.Select(static u => $"?{u}")));

    private static string Describe(AddressListItem item) => item switch
    {
        Mailbox { DisplayName: null } mailbox => mailbox.Address.Address + Mark(mailbox),
        Mailbox mailbox => $"{mailbox.DisplayName} <{mailbox.Address.Address}>{Mark(mailbox)}",
        AddressGroup group => $"{group.Name}: {string.Join(" , ", group.Members.Select(Describe))};",
        _ => throw new InvalidOperationException(),
    };

    private static string Mark(Mailbox mailbox) => mailbox.Address.IsStrict ? "" : " (sloppy)";
}
