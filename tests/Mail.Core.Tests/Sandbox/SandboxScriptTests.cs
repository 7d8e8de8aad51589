using Mail.Core.Sandbox;

namespace Mail.Core.Tests.Sandbox;

public sealed class SandboxScriptTests
{
    public static TheoryData<string, SandboxScript?> LocalParts => new()
    {
        { "delivered", new SandboxScript.Deliver() },
        { "Delivered+order-17", new SandboxScript.Deliver() },
        { "bounce+550", new SandboxScript.Bounce(550) },
        { "bounce+552+big", new SandboxScript.Bounce(552) },
        { "defer+451x3", new SandboxScript.Defer(451, 3) },
        { "slow+30s", new SandboxScript.Slow(TimeSpan.FromSeconds(30)) },
        { "slow+1m", new SandboxScript.Slow(TimeSpan.FromMinutes(1)) },
        { "dsn-later+60s", new SandboxScript.BounceLater(TimeSpan.FromMinutes(1)) },
        { "complaint", new SandboxScript.Complain() },
        { "open+a", new SandboxScript.Open() },
        { "click", new SandboxScript.Click() },
        { "", null },
        { "nobody", null },
        { "delivered+a+b", null },
        { "bounce", null },
        { "bounce+450", null },
        { "bounce+560", null },
        { "bounce+5500", null },
        { "bounce+55a", null },
        { "defer+550x1", null },
        { "defer+451", null },
        { "defer+451x0", null },
        { "defer+451x11", null },
        { "defer+451x999999999999", null },
        { "slow+0s", null },
        { "slow+61s", null },
        { "slow+-1s", null },
        { "slow+30", null },
        { "dsn-later+2h", null },
        { "dsn-later+99999999999h", null },
    };

    [Theory]
    [MemberData(nameof(LocalParts))]
    public void Local_part_says_what_happens_within_the_limits(string localPart, SandboxScript? expected) =>
        Assert.Equal(expected, SandboxScript.TryParse(localPart, new SandboxOptions()));
}
