using Mail.Core;
using Mail.Inbound;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMailCore();
builder.AddSmtpListener();

var app = builder.Build();
app.ValidateOptions();
app.MapDefaultEndpoints();
app.Run();
