using Mail.Core;
using Mail.Inbound;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMailCore();
builder.AddAcceptMessages();
if (builder.Configuration.GetConnectionString("redis") is not null)
    builder.AddRedisClient("redis");
builder.AddSmtpListener();

var app = builder.Build();
app.ValidateOptions();
app.MapDefaultEndpoints();
app.Run();
