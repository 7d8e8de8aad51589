using Npgsql;

namespace Aspire.Hosting
{
    public static class PostgresBuilderExtensions
    {
        public static IResourceBuilder<PostgresServerResource> AddPostgres(
            this IDistributedApplicationBuilder builder,
            string name,
            IResourceBuilder<ParameterResource>? userName = null,
            IResourceBuilder<ParameterResource>? password = null,
            int? port = null)
        {
            var server = new PostgresServerResource(
                name, userName?.Resource, password?.Resource ?? builder.GeneratedPassword($"{name}-password"));
            var annotation = new LocalServerAnnotation("run-postgres", "tcp") { WhenReady = server.CreateDatabasesAsync };
            return builder.AddLocalServer(server, annotation, port)
                .WithEnvironment("POSTGRES_USER", server.UserNameReference)
                .WithEnvironment("POSTGRES_PASSWORD", $"{server.PasswordParameter}")
                .WithAnnotation(new HealthProbeAnnotation($"{name}_check", (_, ct) => server.ProbeAsync("postgres", ct)));
        }

        public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(
            this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null)
        {
            var database = new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource);
            builder.Resource.Add(database);
            return builder.ApplicationBuilder.AddResource(database)
                .UseExisting()
                .WithAnnotation(new HealthProbeAnnotation($"{name}_check", (_, ct) => database.ProbeAsync(ct)));
        }

        public static IResourceBuilder<PostgresServerResource> WithDataVolume(
            this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false)
        {
            builder.Resource.LocalServer()!.Volume = name ?? builder.Resource.Name;
            return builder;
        }

        public static IResourceBuilder<PostgresServerResource> WithDataBindMount(
            this IResourceBuilder<PostgresServerResource> builder, string source, bool isReadOnly = false)
        {
            builder.Resource.LocalServer()!.BindMount = Path.GetFullPath(source, builder.ApplicationBuilder.AppHostDirectory);
            return builder;
        }
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    public class PostgresServerResource(string name, ParameterResource? userName, ParameterResource password)
        : ContainerResource(name), IResourceWithConnectionString
    {
        private readonly List<PostgresDatabaseResource> _databases = [];

        public EndpointReference PrimaryEndpoint => new(this, "tcp");

        public ParameterResource PasswordParameter { get; set; } = password;

        public ParameterResource? UserNameParameter { get; set; } = userName;

        public ReferenceExpression UserNameReference =>
            UserNameParameter is null ? ReferenceExpression.Create($"postgres") : ReferenceExpression.Create($"{UserNameParameter}");

        public IReadOnlyDictionary<string, string> Databases => _databases.ToDictionary(d => d.Name, d => d.DatabaseName);

        public ReferenceExpression ConnectionStringExpression => this.ExistingConnectionString() is { } existing
            ? ReferenceExpression.Create($"{existing}")
            : ReferenceExpression.Create(
                $"Host={PrimaryEndpoint.Property(EndpointProperty.Host)};Port={PrimaryEndpoint.Property(EndpointProperty.Port)};Username={UserNameReference};Password={PasswordParameter}");

        internal void Add(PostgresDatabaseResource database) => _databases.Add(database);

        internal async Task<string?> ProbeAsync(string database, CancellationToken cancellationToken)
        {
            await using var connection = await OpenAsync(database, cancellationToken);
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            await command.ExecuteScalarAsync(cancellationToken);
            return null;
        }

        internal async Task CreateDatabasesAsync(CancellationToken cancellationToken)
        {
            await using var connection = await OpenAsync("postgres", cancellationToken);
            foreach (var database in _databases)
            {
                await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection);
                exists.Parameters.Add(new NpgsqlParameter { Value = database.DatabaseName });
                if (await exists.ExecuteScalarAsync(cancellationToken) is not null) continue;
                await using var create = new NpgsqlCommand(
                    $"CREATE DATABASE \"{database.DatabaseName.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
                await create.ExecuteNonQueryAsync(cancellationToken);
            }
        }

        private async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken)
        {
            var text = await ConnectionStringExpression.GetValueAsync(cancellationToken);
            var settings = new NpgsqlConnectionStringBuilder(text) { Database = database, Pooling = false, Timeout = 3, CommandTimeout = 10 };
            var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
    }

    public class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource postgresParentResource)
        : Resource(name), IResourceWithParent<PostgresServerResource>, IResourceWithConnectionString
    {
        public PostgresServerResource Parent { get; } = postgresParentResource;

        public string DatabaseName { get; } = databaseName;

        public ReferenceExpression ConnectionStringExpression => this.ExistingConnectionString() is { } existing
            ? ReferenceExpression.Create($"{existing}")
            : ReferenceExpression.Create($"{Parent.ConnectionStringExpression};Database={DatabaseName}");

        internal async Task<string?> ProbeAsync(CancellationToken cancellationToken)
        {
            if (this.ExistingConnectionString() is null) return await Parent.ProbeAsync(DatabaseName, cancellationToken);
            await using var connection = new NpgsqlConnection(this.ExistingConnectionString());
            await connection.OpenAsync(cancellationToken);
            return null;
        }
    }
}
