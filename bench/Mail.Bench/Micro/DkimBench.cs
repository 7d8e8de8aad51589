using System.Security.Cryptography;
using System.Text;
using Mail.Protocol.Dkim;
using Mail.Protocol.Dns;

namespace Mail.Bench.Micro;

/// <summary>DKIM signatures made and verified per second on one thread, beside the bare RSA operation of the same key size.</summary>
internal static class DkimBench
{
    private static readonly DateTimeOffset SignedAt = DateTimeOffset.UnixEpoch;

    internal static void Run(TextWriter output)
    {
        var message = Message();
        Operation.WriteHead(output);
        using (var rsa = RSA.Create(2048))
        {
            var hash = new byte[32];
            Operation.Measure(output, "RSA-2048 signature alone", () => rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }

        foreach (var type in Enum.GetValues<DkimKeyType>())
        {
            using var key = DkimKey.Generate(type);
            var signer = new DkimSigner(key, "example.com", "ms1");
            byte[] signed = [.. signer.Sign(message, SignedAt), .. message];
            var verifier = new DkimVerifier(new OneKey(key.PublicKeyRecord), TimeProvider.System);
            Operation.Measure(output, $"sign {message.Length:N0} B, {key.Algorithm}", () => signer.Sign(message, SignedAt));
            Operation.Measure(output, $"verify, {key.Algorithm}", () => Verify(verifier, signed));
        }
    }

    private static void Verify(DkimVerifier verifier, byte[] signed)
    {
        // The key is there at once, so the task is complete.
        if (verifier.VerifyAsync(signed, CancellationToken.None).GetAwaiter().GetResult() is not [{ Status: DkimStatus.Pass }])
            throw new InvalidOperationException("The signature does not hold.");
    }

    private static byte[] Message()
    {
        var body = string.Concat(Enumerable.Repeat("Your order has been shipped and will arrive on Tuesday.\r\n", 60));
        return Encoding.ASCII.GetBytes(
            "From: Acme Orders <orders@example.com>\r\nTo: Anna Smith <anna@example.net>\r\nSubject: Your order 4711 has been shipped\r\n"
            + "Date: Wed, 04 Mar 2026 05:06:07 +0000\r\nMessage-ID: <0190a1b2c3d4e5f6@example.com>\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\nList-Unsubscribe: <https://example.com/u/abc>\r\n"
            + "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\n" + body);
    }

    private sealed class OneKey(string record) : IDnsResolver
    {
        private readonly Task<DnsResult<string>> _answer = Task.FromResult(new DnsResult<string> { Status = DnsStatus.Found, Records = [record] });

        public Task<DnsResult<string>> ResolveTxtAsync(string name, CancellationToken cancellationToken) => _answer;

        public Task<DnsResult<MxRecord>> ResolveMxAsync(string name, CancellationToken cancellationToken) => None<MxRecord>();

        public Task<DnsResult<System.Net.IPAddress>> ResolveAAsync(string name, CancellationToken cancellationToken) => None<System.Net.IPAddress>();

        public Task<DnsResult<System.Net.IPAddress>> ResolveAaaaAsync(string name, CancellationToken cancellationToken) => None<System.Net.IPAddress>();

        public Task<DnsResult<string>> ResolveCnameAsync(string name, CancellationToken cancellationToken) => None<string>();

        public Task<DnsResult<string>> ResolvePtrAsync(string name, CancellationToken cancellationToken) => None<string>();

        public Task<DnsResult<TlsaRecord>> ResolveTlsaAsync(string name, CancellationToken cancellationToken) => None<TlsaRecord>();

        public Task<DnsResult<CaaRecord>> ResolveCaaAsync(string name, CancellationToken cancellationToken) => None<CaaRecord>();

        private static Task<DnsResult<T>> None<T>() => Task.FromResult(new DnsResult<T> { Status = DnsStatus.NoData });
    }
}
