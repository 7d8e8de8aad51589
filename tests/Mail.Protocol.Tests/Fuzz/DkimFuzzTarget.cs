using System.Text;
using Mail.Protocol.Arc;
using Mail.Protocol.Dkim;
using Mail.TestKit.Dns;

namespace Mail.Protocol.Tests.Fuzz;

/// <summary>The input is a message and, for every key that is asked for, the key record as well.</summary>
internal static class DkimFuzzTarget
{
    internal static string[] Seeds =>
    [
        "ARC-Seal: i=1; a=ed25519-sha256; cv=none; d=example.com; s=s; t=1; b=AAAA\r\n"
        + "ARC-Message-Signature: i=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.com; s=s; h=From; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n"
        + "ARC-Authentication-Results: i=1; example.com; dkim=pass (x) reason=\"y\" header.d=example.com\r\n"
        + "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/simple; d=example.com; s=s; i=@example.com; l=0; x=9999999999;\r\n"
        + "\th=From:From:To; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n"
        + "Authentication-Results: abc 1; spf=pass smtp.mailfrom=\"a b\"@c; none\r\nFrom: a\r\nTo: b\r\n\r\nbody \t\r\n\r\n",
        "v=DKIM1; k=ed25519; h=sha256; s=email; t=y:s; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    ];

    internal static void Run(ReadOnlySpan<byte> input)
    {
        var message = input.ToArray();
        var zone = new DnsZone();
        zone.Txt("s._domainkey.example.com", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
        var resolver = new FakeDnsResolver(zone);

        // The resolver answers at once, so the tasks are complete.
        _ = new DkimVerifier(resolver, TimeProvider.System).VerifyAsync(message, CancellationToken.None).GetAwaiter().GetResult();
        _ = new ArcValidator(resolver, TimeProvider.System).ValidateAsync(message, CancellationToken.None).GetAwaiter().GetResult();
        foreach (var type in Enum.GetValues<DkimKeyType>())
            _ = DkimPublicKey.Read(Encoding.Latin1.GetString(message), type).Key?.Check(new byte[32], new byte[64]);
    }
}
