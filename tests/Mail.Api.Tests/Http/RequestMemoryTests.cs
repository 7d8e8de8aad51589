using System.Net;
using System.Text;
using Mail.Api.Http.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Mail.Api.Tests.Http;

/// <summary>Large bodies share a bounded memory: many at one time make each other wait, and no organization all others.</summary>
[Collection(ApiCollection.Name)]
public sealed class RequestMemoryTests(ApiFixture api)
{
    private const int Large = 2_000_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Large_bodies_wait_for_others_of_their_organization_and_small_ones_for_nothing(bool announced)
    {
        await using var application = WithRoomFor(3);
        var (many, other) = (await application.TenantAsync(), await application.TenantAsync());
        var memory = application.Services.GetRequiredService<RequestMemory>();
        var taken = new[] { await TakeAsync(memory, many), await TakeAsync(memory, many) };

        var waiting = SendAsync(many, announced);
        using (var response = await SendAsync(other, announced))
            await response.ReadAsync(202);
        await many.SendAsync();
        Assert.False(waiting.IsCompleted);

        taken[0]!.Dispose();
        using (var response = await waiting)
            await response.ReadAsync(202);
        taken[1]!.Dispose();
    }

    [Fact]
    public async Task Who_waits_too_long_is_told_to_come_back()
    {
        await using var application = WithRoomFor(1, ("Mail:Requests:MaxWait", "00:00:00"));
        var tenant = await application.TenantAsync();
        using (await TakeAsync(application.Services.GetRequiredService<RequestMemory>(), tenant))
        {
            using var refused = await SendAsync(tenant, announced: true);
            Assert.Equal("unavailable", (await refused.ReadAsync(503)).Text("code"));
            Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));
        }
        using var response = await SendAsync(tenant, announced: true);
        await response.ReadAsync(202);
    }

    [Fact]
    public async Task A_request_that_is_cut_off_gives_back_what_it_had()
    {
        await using var application = WithRoomFor(1, ("Mail:Requests:MaxWait", "00:00:30"));
        var tenant = await application.TenantAsync();
        var memory = application.Services.GetRequiredService<RequestMemory>();
        using var cut = new CancellationTokenSource();
        using var body = new StalledBody();
        // The other clients follow redirects, and for that wait for the end of the body.
        using var client = application.CreateDefaultClient();
        client.DefaultRequestHeaders.Authorization = tenant.Client.DefaultRequestHeaders.Authorization;

        var sent = client.PostAsync("/v1/mail/send", body, cut.Token);
        await UntilAsync(async () => !await IsFreeAsync(memory, tenant));
        await cut.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        await UntilAsync(() => IsFreeAsync(memory, tenant));
    }

    // Two of one organization leave as much as each other one needs, and less than a third of the same may take.
    private ApiApplication WithRoomFor(int bodies, params (string Name, string Value)[] settings)
    {
        var all = settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        all["Mail:Requests:MaxBytesInMemory"] = $"{bodies * Large}";
        all["Mail:Send:MaxRequestBytes"] = $"{Large}";
        return new ApiApplication(api.Database.ConnectionString, "UseDevelopmentStorage=true", settings: all);
    }

    private static ValueTask<IDisposable?> TakeAsync(RequestMemory memory, Tenant tenant) =>
        memory.TakeAsync(tenant.Organization, Large, CancellationToken.None);

    // Without waiting for it: whoever comes meanwhile waits for us.
    private static async Task<bool> IsFreeAsync(RequestMemory memory, Tenant tenant)
    {
        using var now = new CancellationTokenSource();
        var taking = memory.TakeAsync(tenant.Organization, Large, now.Token).AsTask();
        var isFree = taking.IsCompleted;
        await now.CancelAsync();
        try
        {
            (await taking)?.Dispose();
        }
        catch (OperationCanceledException)
        {
            // It was not free.
        }
        return isFree;
    }

    private static async Task<HttpResponseMessage> SendAsync(Tenant tenant, bool announced)
    {
        var text = $$"""{"from":"{{tenant.Sender}}","to":"ada@recipient.test","subject":"Large","text":"Hi."}""";
        var body = Encoding.ASCII.GetBytes(text.PadRight(Large));
        using var content = new StreamContent(announced ? new MemoryStream(body) : new UnseekableStream(body));
        content.Headers.ContentType = new("application/json");
        return await tenant.Client.PostAsync("/v1/mail/send", content).WaitAsync(Limit);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var time = new CancellationTokenSource(Limit);
        while (!await condition())
            await Task.Delay(10, time.Token);
    }

    /// <summary>Announces a large body and stops when most of it was sent.</summary>
    private sealed class StalledBody : HttpContent
    {
        public StalledBody() => Headers.ContentType = new("application/json");

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(new byte[Large - 1_000], cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = Large;
            return true;
        }
    }
}
