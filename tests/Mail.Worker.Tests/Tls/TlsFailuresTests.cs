using System.Net;
using Mail.Core.Tls;
using Mail.TestKit;
using Mail.Worker.Tls;
using Microsoft.Extensions.Options;

namespace Mail.Worker.Tests.Tls;

public sealed class TlsFailuresTests
{
    private static readonly IPEndPoint _server = new(IPAddress.Loopback, 25);

    [Fact]
    public void A_failure_is_forgotten_after_its_time()
    {
        var time = new ManualTime();
        var failures = new TlsFailures(Options.Create(new TlsOptions { RememberFailures = TimeSpan.FromMinutes(15) }), time);

        failures.Remember(_server, "validation-failure");
        time.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal("validation-failure", failures.Of(_server));

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(failures.Of(_server));
    }

    [Fact]
    public void A_session_that_succeeds_ends_the_memory_of_failures()
    {
        var failures = new TlsFailures(Options.Create(new TlsOptions()), new ManualTime());
        failures.Remember(_server, "validation-failure");

        failures.Forget(_server);

        Assert.Null(failures.Of(_server));
    }
}
