using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Mail.Protocol.Dkim;

/// <summary>
/// One RSA object serves one thread at a time, so a few of them are kept: as many as ever signed at the same moment.
/// </summary>
internal sealed class RsaDkimKey(byte[] pkcs8) : DkimKey
{
    private readonly ConcurrentBag<RSA> _idle = [];
    private volatile bool _disposed;

    public override DkimKeyType Type => DkimKeyType.Rsa;

    public override byte[] ExportPkcs8() => [.. pkcs8];

    public override void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var rsa))
            rsa.Dispose();
        CryptographicOperations.ZeroMemory(pkcs8);
    }

    internal override byte[] SignHash(ReadOnlySpan<byte> hash)
    {
        var rsa = Rent();
        try
        {
            return rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        finally
        {
            Return(rsa);
        }
    }

    private protected override byte[] PublicKey()
    {
        var rsa = Rent();
        try
        {
            return rsa.ExportSubjectPublicKeyInfo();
        }
        finally
        {
            Return(rsa);
        }
    }

    private RSA Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_idle.TryTake(out var idle))
            return idle;
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
        return rsa;
    }

    private void Return(RSA rsa)
    {
        if (_disposed)
            rsa.Dispose();
        else
            _idle.Add(rsa);
    }
}
