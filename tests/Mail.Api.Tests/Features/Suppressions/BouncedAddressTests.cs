using Mail.Api.Tests.Features.Messages;
using Mail.Core.Queue;
using Mail.Protocol.Bounces;

namespace Mail.Api.Tests.Features.Suppressions;

[Collection(ApiCollection.Name)]
public sealed class BouncedAddressTests(ApiFixture api)
{
    [Fact]
    public async Task A_hard_bounce_suppresses_its_address()
    {
        var tenant = await api.TenantAsync();
        var id = await BounceAsync(tenant, BounceEffect.Hard);

        var suppression = Assert.Single((await tenant.Client.GetJsonAsync("/v1/mail/suppressions")).At("data").EnumerateArray());

        Assert.Equal(("ada@recipient.test", "hard_bounce", "bounce_processor", id),
            (suppression.Text("email"), suppression.Text("reason"), suppression.Text("source"), suppression.Text("messageId")));
    }

    [Fact]
    public async Task What_is_no_fault_of_the_address_suppresses_nothing()
    {
        var tenant = await api.TenantAsync();
        await BounceAsync(tenant, BounceEffect.Infrastructure);

        Assert.Equal("unknown", (await tenant.Client.GetJsonAsync("/v1/mail/bounces")).At("data")[0].Text("type"));
        Assert.Empty((await tenant.Client.GetJsonAsync("/v1/mail/suppressions")).At("data").EnumerateArray());
    }

    private static async Task<string> BounceAsync(Tenant tenant, BounceEffect effect)
    {
        var id = await tenant.SendAsync();
        var job = await tenant.ClaimAsync(id);
        Assert.True(await tenant.RecordAsync(job, DeliveryOutcome.Bounced, 550, "5.1.1", "no such user", effect: effect));
        return id;
    }
}
