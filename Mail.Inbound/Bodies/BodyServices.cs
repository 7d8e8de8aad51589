using Mail.Core;

namespace Mail.Inbound.Bodies;

internal static class BodyServices
{
    private const long MaxReadBytes = 128 * 1024;

    /// <summary>What keeps messages while they are read and worked on.</summary>
    public static WebApplicationBuilder AddBodies(this WebApplicationBuilder builder)
    {
        builder.AddMailOptions<BodyOptions>(BodyOptions.Section)
            .Validate(options => options.MemoryBytes <= options.TotalMemoryBytes,
                "Mail:InboundBodies:MemoryBytes must not be more than TotalMemoryBytes.");
        builder.Services.AddSingleton<BodyMemory>();
        builder.Services.AddSingleton<SpillFolder>();
        builder.Services.AddSingleton<BodyStorage>();
        // What a client sends faster than it is taken waits in its own buffers and not in ours.
        builder.WebHost.UseSockets(options => options.MaxReadBufferSize = MaxReadBytes);
        return builder;
    }
}
