using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Mail.Api.Http;
using Xunit.Abstractions;

namespace Mail.Api.Tests.Routes;

/// <summary>Hostile input at every route and in every field: never a 5xx, and never more mail than was asked for.</summary>
[Collection(ApiCollection.Name)]
public sealed class RouteAttackTests(ApiFixture api, ITestOutputHelper output) : IAsyncLifetime
{
    // As they stand in JSON. The names of victims are looked for afterwards.
    private static readonly string[] Texts =
    [
        "x\\r\\nBcc: victim@victim.test\\r\\n\\r\\n", "x\\nTo: victim@victim.test", "a\\rb", "\\u0000", "x\\ud800", "\\udc00x", "\\u2028\\u0085", "\\u001b[2J",
        "x, victim@victim.test", "x@y.test>, <victim@victim.test", "{{#each}}{{{", "\\u202Egpj.exe", "../../../etc/passwd", "", "'; drop table messages --",
    ];

    private static readonly string[] Malformed =
    [
        "", "{", "{\"a\":", "nul", "{\"a\":1,}", "{} {}", "[", "\"a", "{\"\\ud800\":1}", new string('[', 100_000), Nested(100_000), Nested(33),
    ];

    private static readonly string[] OfAnotherShape = ["null", "[]", "\"x\"", "1", "1e999999", "true", "[{}]"];

    private RouteSystem _system = null!;
    private Tenant _tenant = null!;

    public async Task InitializeAsync()
    {
        _system = await RouteSystem.StartAsync(api);
        _tenant = await _system.Application.TenantAsync();
    }

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task Hostile_texts_in_every_field_of_every_body()
    {
        var (fields, requests) = (0, 0);
        var ids = await RouteSeed.MakeAsync(_system, _tenant);
        foreach (var route in Writing())
        {
            if (route.BodyType(_system.Application.Services) is not { } type)
                continue;
            var id = await OwnIdAsync(route, ids);
            foreach (var path in PlausibleBody.Texts(type).Where(path => path.Length > 0))
            {
                fields++;
                var bodies = new PlausibleBody(_tenant.Domain);
                foreach (var text in Texts.Append(new string('a', 70_000)))
                {
                    requests++;
                    await AttackAsync(route, PlausibleBody.With(bodies.Make(type, route.Pattern), path, text), $"{string.Join('/', path)} = {text[..Math.Min(20, text.Length)]}", id);
                }
            }
        }

        output.WriteLine($"{requests} requests for {fields} fields");
        Assert.True(fields > 20, $"Only {fields} fields were found.");
        await NothingWentToVictimsAsync();
    }

    [Fact]
    public async Task What_is_no_json_is_refused_by_every_route()
    {
        foreach (var route in Writing().Where(route => route.BodyType(_system.Application.Services) is not null))
        {
            foreach (var body in Malformed)
            {
                var status = await AttackAsync(route, body, "malformed");
                Assert.True(status == HttpStatusCode.BadRequest, $"{route} answered {(int)status} to {body[..Math.Min(20, body.Length)]}");
            }
            foreach (var body in OfAnotherShape)
                Assert.Equal(HttpStatusCode.BadRequest, await AttackAsync(route, body, body));
            Assert.Equal(HttpStatusCode.BadRequest, await AttackAsync(route, NotUtf8(), "not UTF-8"));
            foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "nonsense" })
            {
                var status = await AttackAsync(route, Content("{}", type), type);
                Assert.True(status == HttpStatusCode.UnsupportedMediaType, $"{route} answered {(int)status} to {type}");
            }
        }
    }

    [Fact]
    public async Task A_name_that_stands_twice_is_refused_by_every_route()
    {
        foreach (var route in Writing())
        {
            if (route.BodyType(_system.Application.Services) is not { } type)
                continue;
            foreach (var property in type.Properties)
            {
                var (name, body) = (property.Name, new PlausibleBody(_tenant.Domain).Make(type, route.Pattern));
                var value = body[name]?.ToJsonString() ?? "null";
                body.Remove(name);
                var rest = body.Count == 0 ? "" : "," + body.ToJsonString()[1..^1];
                foreach (var twice in new[] { name, "\\u" + ((int)name[0]).ToString("x4") + name[1..] })
                {
                    var status = await AttackAsync(route, $"{{\"{name}\":{value},\"{twice}\":{value}{rest}}}", "twice " + name);
                    Assert.True(status == HttpStatusCode.BadRequest, $"{route} answered {(int)status} to '{name}' twice");
                }
            }
        }
        await NothingWentToVictimsAsync();
    }

    [Fact]
    public async Task A_body_beyond_the_limit_of_its_route_is_refused()
    {
        foreach (var route in Writing().Where(route => route.BodyType(_system.Application.Services) is not null))
        {
            var limit = route.Endpoint.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? ApiLimits.MaxBodyBytes;
            using var announced = new HttpRequestMessage(new HttpMethod(route.Method), route.PathWith("nothing")) { Content = new EndlessContent(limit + 1) };
            using var response = await ClientOf(route).SendAsync(announced, HttpCompletionOption.ResponseHeadersRead);
            Assert.True(response.StatusCode == HttpStatusCode.RequestEntityTooLarge, $"{route} answered {(int)response.StatusCode} to {limit + 1} bytes");
        }
    }

    [Fact]
    public async Task A_hundred_thousand_unknown_fields_get_one_short_answer()
    {
        var body = "{" + string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"f{i}\":1")) + "}";
        foreach (var route in Writing().Where(route => route.BodyType(_system.Application.Services) is not null))
        {
            using var response = await ClientOf(route).SendAsync(Request(route, Content(body)));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.InRange((await response.Content.ReadAsByteArrayAsync()).Length, 1, 64 * 1024);
        }
    }

    [Fact]
    public async Task Hostile_ids_and_query_parameters_of_every_route()
    {
        string[] texts = ["%00", "%0d%0aX-Injected:%201", "%ff%fe", "%ed%a0%80", "..%2f..%2fetc", "%2e%2e", "'%20or%201=1--", "%", "%zz", new string('a', 6000)];
        foreach (var route in _system.Routes.Where(route => !route.IsTwin))
        {
            // In a path these name another route, or are refused by the server before any route is looked for.
            var addresses = texts.SelectMany(text => route.Query.Select(name => $"{route.PathWith("nothing")}?{name}={text}"))
                .Concat(route.HasId ? texts.Where(text => text is not ("%00" or "%2e%2e" or "%" or "%zz")).Select(route.PathWith) : []);
            foreach (var address in addresses)
            {
                using var request = new HttpRequestMessage(new HttpMethod(route.Method), address) { Content = route.TakesBody ? Content("{}") : null };
                using var response = await ClientOf(route).SendAsync(request);
                Assert.True((int)response.StatusCode < 500, $"{route.Method} {address} answered {(int)response.StatusCode}");
                Assert.False(response.Headers.Contains("X-Injected"), address);
            }
        }
    }

    private IEnumerable<ApiRoute> Writing() => _system.Routes.Where(route => route is { TakesBody: true, IsTwin: false, IsOpen: false });

    private HttpClient ClientOf(ApiRoute route) => route.IsForOperator ? _system.Operator : _tenant.Client;

    // What the route works on exists, where something of the kind could be made: more of it runs then.
    private async Task<string> OwnIdAsync(ApiRoute route, Dictionary<string, string> ids)
    {
        var resource = route.Pattern[..(route.Pattern.IndexOf('}', StringComparison.Ordinal) + 1)];
        if (_system.Routes.Find(other => other.Method == "GET" && other.Pattern == resource) is { } read)
        {
            foreach (var id in ids.Values)
            {
                using var response = await _tenant.Client.GetAsync(read.PathWith(id));
                if (response.IsSuccessStatusCode)
                    return id;
            }
        }
        return "nothing";
    }

    private Task<HttpStatusCode> AttackAsync(ApiRoute route, string body, string what, string id = "nothing") => AttackAsync(route, Content(body), what, id);

    private async Task<HttpStatusCode> AttackAsync(ApiRoute route, HttpContent content, string what, string id = "nothing")
    {
        using var response = await ClientOf(route).SendAsync(Request(route, content, id));
        if ((int)response.StatusCode >= 500)
            Assert.Fail($"{route} answered {(int)response.StatusCode} to {what}: {await response.Content.ReadAsStringAsync()}");
        return response.StatusCode;
    }

    private static HttpRequestMessage Request(ApiRoute route, HttpContent content, string id = "nothing") =>
        new(new HttpMethod(route.Method), route.PathWith(id)) { Content = content };

    private static StringContent Content(string body, string type = "application/json")
    {
        var content = new StringContent(body, Encoding.UTF8);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    private async Task NothingWentToVictimsAsync()
    {
        var organization = _tenant.Organization.Value;
        Assert.Equal(0L, await _system.Application.QueryAsync<long>(
            "select count(*) from message_recipients where organization_id = $1 and (address ilike '%victim%' or address ~ '[\\x01-\\x1f]' or name ~ '[\\x01-\\x1f]')", organization));
        Assert.Equal(0L, await _system.Application.QueryAsync<long>(
            "select count(*) from messages where organization_id = $1 and (from_address ~ '[\\x01-\\x1f]' or from_name ~ '[\\x01-\\x1f]' or subject ~ '[\\x01-\\x1f]')", organization));
        Assert.Equal(0L, await _system.Application.QueryAsync<long>(
            "select count(*) from message_contents where organization_id = $1 and (headers::text ~ '\\\\[rn]' or headers::text ilike '%victim%bcc%')", organization));
    }

    private static ByteArrayContent NotUtf8()
    {
        var content = new ByteArrayContent([.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    /// <summary>So many spaces, sent as they are read: a limit must not need the whole body first.</summary>
    private sealed class EndlessContent : HttpContent
    {
        private readonly long _length;

        public EndlessContent(long length)
        {
            _length = length;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var spaces = new byte[64 * 1024];
            spaces.AsSpan().Fill((byte)' ');
            for (var left = _length; left > 0; left -= spaces.Length)
                await stream.WriteAsync(spaces.AsMemory(0, (int)Math.Min(left, spaces.Length)));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return true;
        }
    }
}
