using System.Net;

namespace Mail.TestKit.Smtp;

/// <summary>Addresses of 127.0.0.0/8 that nobody else of this process has: a port that is free there stays so until it is listened on.</summary>
internal static class LoopbackAddresses
{
    // Behind those that tests give by hand.
    private const int FirstAddress = (127 << 24) | (64 << 16) | 1;
    private static int _last = FirstAddress;

    public static IPAddress Next() => new(BitConverter.GetBytes(IPAddress.HostToNetworkOrder(Interlocked.Increment(ref _last))));
}
