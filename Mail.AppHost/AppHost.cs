using Mail.AppHost;
using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(args);
var ports = builder.Configuration.GetSection("Ports");

var postgres = builder.AddPostgres("postgres").WithDataVolume();
var maildb = postgres.AddDatabase("maildb");
var redis = builder.AddRedis("redis").WithDataVolume();
var blobs = builder.AddAzureStorage("storage").RunAsEmulator(azurite => azurite.WithDataVolume()).AddBlobs("blobs");

var masterKey = builder.AddParameter("master-key", new MasterKeyDefault(), secret: true, persist: true);
var apiKey = builder.AddParameter("demo-api-key", new ApiKeyDefault("ms_live"), secret: true, persist: true);
var testApiKey = builder.AddParameter("demo-test-api-key", new ApiKeyDefault("ms_test"), secret: true, persist: true);

var migrate = builder.AddProject<Projects.Mail_Api>("migrate")
    .WithArgs("migrate")
    .WithMailSettings(masterKey)
    .WithEnvironment("Mail__Demo__ApiKey", apiKey)
    .WithEnvironment("Mail__Demo__TestApiKey", testApiKey)
    .WithReference(maildb).WaitFor(maildb);

var inbound = builder.AddProject<Projects.Mail_Inbound>("inbound")
    .WithHttpEndpoint()
    .WithEndpoint(ports.GetValue("Smtp", 2525), scheme: "tcp", name: "smtp", env: "Mail__Inbound__Port", isProxied: false)
    .WithEndpoint(ports.GetValue("Submission", 2587), scheme: "tcp", name: "submission", env: "Mail__Submission__Port", isProxied: false)
    .WithEndpoint(ports.GetValue("SubmissionTls", 2465), scheme: "tcp", name: "submissions", env: "Mail__Submission__TlsPort", isProxied: false)
    .WithMailSettings(masterKey)
    .WithReference(maildb).WithReference(redis).WithReference(blobs)
    .WaitFor(redis).WaitFor(blobs).WaitForCompletion(migrate)
    .WithHttpHealthCheck("/health");

var api = builder.AddProject<Projects.Mail_Api>("api")
    .WithHttpEndpoint(ports.GetValue("Api", 8080), isProxied: false)
    .WithExternalHttpEndpoints()
    .WithMailSettings(masterKey)
    .WithReference(maildb).WithReference(redis).WithReference(blobs).WithReference(inbound)
    .WaitFor(redis).WaitFor(blobs).WaitForCompletion(migrate)
    .WithHttpHealthCheck("/health");

builder.AddProject<Projects.Mail_Worker>("worker")
    .WithReplicas(2)
    .WithHttpEndpoint()
    .WithEnvironment("Mail__Sandbox__Origin", api.GetEndpoint("http"))
    .WithMailSettings(masterKey)
    .WithTrackingOrigin(api.GetEndpoint("http"))
    .WithReference(maildb).WithReference(redis).WithReference(blobs).WithReference(inbound)
    .WaitFor(redis).WaitFor(blobs).WaitForCompletion(migrate)
    .WithHttpHealthCheck("/health")
    .WithMetricPages();

builder.WriteDevelopmentFile(
    new DevelopmentEndpoints(
        api.GetEndpoint("http"), inbound.GetEndpoint("smtp"), inbound.GetEndpoint("submission"), inbound.GetEndpoint("submissions")),
    apiKey, testApiKey);
builder.Build().Run();
