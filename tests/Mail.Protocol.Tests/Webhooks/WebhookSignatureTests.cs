using System.Text;
using Mail.Protocol.Webhooks;

namespace Mail.Protocol.Tests.Webhooks;

public class WebhookSignatureTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(1_614_265_330);
    private static readonly WebhookSecret s_secret = WebhookSecret.Parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!;
    private static readonly WebhookSecret s_other = WebhookSecret.Generate();
    private static readonly byte[] s_body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");

    [Fact]
    public void Signature_is_that_of_the_published_example() =>
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            StandardWebhookSignature.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", s_now, s_body, s_secret));

    [Fact]
    public void Both_secrets_of_a_rotation_verify()
    {
        var signatures = StandardWebhookSignature.Sign("msg_1", s_now, s_body, s_secret, s_other);

        Assert.Equal(WebhookVerification.Valid, Verify(signatures, secret: s_secret));
        Assert.Equal(WebhookVerification.Valid, Verify(signatures, secret: s_other));
    }

    [Fact]
    public void Anything_changed_is_a_wrong_signature()
    {
        var signature = StandardWebhookSignature.Sign("msg_1", s_now, s_body, s_secret);

        Assert.Equal(WebhookVerification.WrongSignature, Verify(signature, id: "msg_2"));
        Assert.Equal(WebhookVerification.WrongSignature, Verify(signature, timestamp: s_now.AddSeconds(1)));
        Assert.Equal(WebhookVerification.WrongSignature, Verify(signature, body: "{}"u8.ToArray()));
        Assert.Equal(WebhookVerification.WrongSignature, Verify(signature, secret: s_other));
        Assert.Equal(WebhookVerification.WrongSignature, Verify("v2" + signature[2..]));
        Assert.Equal(WebhookVerification.WrongSignature, Verify(signature[..^4]));
        Assert.Equal(WebhookVerification.WrongSignature, Verify(""));
    }

    [Theory]
    [InlineData(300, WebhookVerification.Valid)]
    [InlineData(301, WebhookVerification.TooOld)]
    [InlineData(-300, WebhookVerification.Valid)]
    [InlineData(-301, WebhookVerification.TooNew)]
    public void Timestamp_has_to_be_of_now(int ageSeconds, WebhookVerification expected)
    {
        var now = s_now.AddSeconds(ageSeconds);

        Assert.Equal(expected, StandardWebhookSignature.Verify(
            "msg_1", Seconds(s_now), StandardWebhookSignature.Sign("msg_1", s_now, s_body, s_secret), s_body, s_secret, now));
        Assert.Equal(expected, TimestampedSignature.Verify(TimestampedSignature.Sign(s_now, s_body, s_secret), s_body, s_secret, now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    public void Unreadable_timestamp_is_malformed(string timestamp)
    {
        Assert.Equal(WebhookVerification.Malformed, StandardWebhookSignature.Verify("msg_1", timestamp, "v1,AA==", s_body, s_secret, s_now));
        Assert.Equal(WebhookVerification.Malformed, TimestampedSignature.Verify($"t={timestamp},v1=00", s_body, s_secret, s_now));
    }

    [Fact]
    public void Largest_timestamp_is_too_new_not_an_overflow()
    {
        var signature = TimestampedSignature.Sign(DateTimeOffset.MaxValue, s_body, s_secret);

        Assert.Equal(WebhookVerification.TooNew, TimestampedSignature.Verify(signature, s_body, s_secret, s_now));
        Assert.Equal(WebhookVerification.WrongSignature, TimestampedSignature.Verify($"t={long.MaxValue},v1={new string('0', 64)}", s_body, s_secret, s_now));
    }

    [Fact]
    public void Timestamped_signature_is_hmac_of_timestamp_and_body()
    {
        var key = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        var mac = System.Security.Cryptography.HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Seconds(s_now)}.{Encoding.UTF8.GetString(s_body)}"));

        Assert.Equal($"t=1614265330,v1={Convert.ToHexString(mac).ToLowerInvariant()}", TimestampedSignature.Sign(s_now, s_body, s_secret));
    }

    [Fact]
    public void Timestamped_signature_verifies_with_either_secret_and_not_when_changed()
    {
        var value = TimestampedSignature.Sign(s_now, s_body, s_secret, s_other);

        Assert.Equal(WebhookVerification.Valid, TimestampedSignature.Verify(value, s_body, s_secret, s_now));
        Assert.Equal(WebhookVerification.Valid, TimestampedSignature.Verify(value, s_body, s_other, s_now));
        Assert.Equal(WebhookVerification.WrongSignature, TimestampedSignature.Verify(value, "{}"u8, s_secret, s_now));
        Assert.Equal(WebhookVerification.WrongSignature, TimestampedSignature.Verify(value.Replace("t=1", "t=2"), s_body, s_secret, s_now));
        Assert.Equal(WebhookVerification.Malformed, TimestampedSignature.Verify(value + ",t=1", s_body, s_secret, s_now));
    }

    [Fact]
    public void Secret_has_the_prefix_and_hides_itself()
    {
        var secret = WebhookSecret.Generate();

        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", secret.Reveal());
        Assert.Equal(secret.Reveal(), WebhookSecret.Parse(secret.Reveal())!.Reveal());
        Assert.DoesNotContain(secret.Reveal()[6..], $"{secret}");
        Assert.Null(WebhookSecret.Parse("whsec_not base64!"));
        Assert.Null(WebhookSecret.Parse("whsec_c2hvcnQ="));
    }

    private static WebhookVerification Verify(
        string signatures, string id = "msg_1", DateTimeOffset? timestamp = null, byte[]? body = null, WebhookSecret? secret = null) =>
        StandardWebhookSignature.Verify(id, Seconds(timestamp ?? s_now), signatures, body ?? s_body, secret ?? s_secret, s_now);

    private static string Seconds(DateTimeOffset moment) => $"{moment.ToUnixTimeSeconds()}";
}
