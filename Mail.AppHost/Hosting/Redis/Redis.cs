using System.Net.Sockets;
using System.Text;

namespace Aspire.Hosting
{
    public static class RedisBuilderExtensions
    {
        public static IResourceBuilder<RedisResource> AddRedis(
            this IDistributedApplicationBuilder builder, string name, int? port = null, IResourceBuilder<ParameterResource>? password = null)
        {
            var redis = new RedisResource(name, password?.Resource ?? builder.GeneratedPassword($"{name}-password"));
            return builder.AddLocalServer(redis, new LocalServerAnnotation("run-redis", "tcp"), port)
                .WithEnvironment("REDIS_PASSWORD", $"{redis.PasswordParameter!}")
                .WithAnnotation(new HealthProbeAnnotation($"{name}_check", (_, ct) => redis.ProbeAsync(ct)));
        }

        public static IResourceBuilder<RedisResource> WithDataVolume(
            this IResourceBuilder<RedisResource> builder, string? name = null, bool isReadOnly = false)
        {
            builder.Resource.LocalServer()!.Volume = name ?? builder.Resource.Name;
            return builder;
        }
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    public class RedisResource(string name, ParameterResource password) : ContainerResource(name), IResourceWithConnectionString
    {
        public EndpointReference PrimaryEndpoint => new(this, "tcp");

        public ParameterResource? PasswordParameter { get; } = password;

        public ReferenceExpression ConnectionStringExpression => this.ExistingConnectionString() is { } existing
            ? ReferenceExpression.Create($"{existing}")
            : ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.HostAndPort)},password={PasswordParameter!}");

        internal async Task<string?> ProbeAsync(CancellationToken cancellationToken)
        {
            if (this.ExistingConnectionString() is not null) return null;
            using var client = new TcpClient();
            await client.ConnectAsync(PrimaryEndpoint.Host, PrimaryEndpoint.Port, cancellationToken);
            var stream = client.GetStream();
            var password = await PasswordParameter!.GetValueAsync(cancellationToken);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {password}\r\nPING\r\n"), cancellationToken);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            var authenticated = await reader.ReadLineAsync(cancellationToken);
            var answer = await reader.ReadLineAsync(cancellationToken);
            return authenticated == "+OK" && answer == "+PONG" ? null : $"PING was answered by {answer ?? authenticated}.";
        }
    }
}
