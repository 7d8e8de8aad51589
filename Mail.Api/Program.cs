using Mail.Api;
using Mail.Api.Commands;
using Mail.Core;

if (ApiCommands.IsCommand(args))
    return await ApiCommands.RunAsync(args);

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMailCore();
builder.AddAcceptMessages();
builder.AddRedisClient("redis");
builder.AddApi();

var app = builder.Build();
app.ValidateOptions();
app.UseApi();
app.MapDefaultEndpoints();
app.MapApi();
await app.RunAsync();
return 0;
