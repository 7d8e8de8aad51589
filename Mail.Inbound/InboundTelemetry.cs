using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Mail.Inbound;

internal static class InboundTelemetry
{
    public const string Name = "Mail.Inbound";

    private static readonly Meter Meter = new(Name);

    public static ActivitySource Source { get; } = new(Name);

    public static UpDownCounter<int> Sessions { get; } =
        Meter.CreateUpDownCounter<int>("mail.inbound.sessions", "{session}", "Open SMTP sessions.");

    public static Counter<long> Messages { get; } =
        Meter.CreateCounter<long>("mail.inbound.messages", "{message}", "Messages received, by the code of the reply.");

    public static Counter<long> Reports { get; } =
        Meter.CreateCounter<long>("mail.inbound.reports", "{report}", "Mail to return paths and to the address for complaints, by what became of it.");
}
