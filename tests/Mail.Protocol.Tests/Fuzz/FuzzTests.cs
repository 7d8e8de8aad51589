namespace Mail.Protocol.Tests.Fuzz;

public class FuzzTests
{
    public static TheoryData<string> Targets => [.. FuzzTarget.Types.Select(FuzzTarget.NameOf)];

    [Theory]
    [MemberData(nameof(Targets))]
    public Task Parser_survives_mutated_input(string target) => FuzzRunner.RunAsync(FuzzTarget.Find(target));
}
