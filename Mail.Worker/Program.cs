using Mail.Core;
using Mail.Worker.Delivery;
using Mail.Worker.Maintenance;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMailCore();
builder.AddAcceptMessages();
builder.AddDelivery();
builder.AddMaintenance();

var app = builder.Build();
app.ValidateOptions();
app.MapDefaultEndpoints();
await app.RunAsync();
