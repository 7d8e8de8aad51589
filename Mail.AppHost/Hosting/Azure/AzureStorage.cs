using Aspire.Hosting.Azure;

namespace Aspire.Hosting
{
    public static class AzureStorageExtensions
    {
        public static IResourceBuilder<AzureStorageResource> AddAzureStorage(this IDistributedApplicationBuilder builder, string name) =>
            builder.AddLocalServer(new AzureStorageResource(name), new LocalServerAnnotation("run-azurite", "blob"), port: null)
                .WithAnnotation(new HealthProbeAnnotation($"{name}_check", AnswersAsync));

        /// <summary>Runs Azurite. Storage in Azure itself is used by configuring the connection string of the blobs.</summary>
        public static IResourceBuilder<AzureStorageResource> RunAsEmulator(
            this IResourceBuilder<AzureStorageResource> builder,
            Action<IResourceBuilder<AzureStorageEmulatorResource>>? configureContainer = null)
        {
            configureContainer?.Invoke(builder.ApplicationBuilder.CreateResourceBuilder(new AzureStorageEmulatorResource(builder.Resource)));
            return builder;
        }

        public static IResourceBuilder<AzureStorageEmulatorResource> WithDataVolume(
            this IResourceBuilder<AzureStorageEmulatorResource> builder, string? name = null, bool isReadOnly = false)
        {
            builder.Resource.LocalServer()!.Volume = name ?? builder.Resource.Name;
            return builder;
        }

        public static IResourceBuilder<AzureStorageEmulatorResource> WithBlobPort(
            this IResourceBuilder<AzureStorageEmulatorResource> builder, int port)
        {
            builder.Resource.Annotations.OfType<EndpointAnnotation>().Single(e => e.Name == "blob").Port = port;
            return builder;
        }

        public static IResourceBuilder<AzureBlobStorageResource> AddBlobs(this IResourceBuilder<AzureStorageResource> builder, string name) =>
            builder.ApplicationBuilder.AddResource(new AzureBlobStorageResource(name, builder.Resource)).UseExisting();

        private static async Task<string?> AnswersAsync(HealthProbeContext probe, CancellationToken cancellationToken)
        {
            // Without a signature the emulator refuses, which shows that it works.
            using var response = await probe.Http.GetAsync(
                new Uri($"http://127.0.0.1:{probe.PortOf("blob")}/devstoreaccount1?comp=list"), cancellationToken);
            return null;
        }
    }
}

namespace Aspire.Hosting.Azure
{
    public class AzureStorageResource(string name) : ContainerResource(name)
    {
        internal ReferenceExpression BlobConnectionString => ReferenceExpression.Create(
            $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={AzuriteKey};BlobEndpoint=http://127.0.0.1:{BlobEndpoint.Property(EndpointProperty.Port)}/devstoreaccount1;");

        private EndpointReference BlobEndpoint => new(this, "blob");

        // The emulator's published account key; it opens nothing but an emulator.
        private static string AzuriteKey => "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    }

    public class AzureStorageEmulatorResource(AzureStorageResource innerResource) : ContainerResource(innerResource.Name)
    {
        public override ResourceAnnotationCollection Annotations => innerResource.Annotations;
    }

    public class AzureBlobStorageResource(string name, AzureStorageResource storage)
        : Resource(name), IResourceWithConnectionString, IResourceWithParent<AzureStorageResource>
    {
        public AzureStorageResource Parent => storage;

        public ReferenceExpression ConnectionStringExpression => this.ExistingConnectionString() is { } existing
            ? ReferenceExpression.Create($"{existing}")
            : storage.BlobConnectionString;
    }
}
