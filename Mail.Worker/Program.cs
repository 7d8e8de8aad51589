using Mail.Core;
using Mail.Worker.Delivery;
using Mail.Worker.Maintenance;
using Mail.Worker.Sandbox;
using Mail.Worker.Scheduling;
using Mail.Worker.Tls;
using Mail.Worker.Webhooks;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMailCore();
builder.AddAcceptMessages();
builder.AddDelivery();
builder.AddMaintenance();
builder.AddTlsReports();
builder.AddScheduling();
builder.AddSandboxFollowUps();
builder.AddWebhookDispatch();

var app = builder.Build();
app.ValidateOptions();
app.MapDefaultEndpoints();
await app.RunAsync();
