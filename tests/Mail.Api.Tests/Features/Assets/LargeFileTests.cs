using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Mail.TestKit.Servers;

namespace Mail.Api.Tests.Features.Assets;

/// <summary>A file of 100 MB goes up and comes down by every way, and nothing that is allocated meanwhile is as much as half of it.</summary>
[Collection(MemoryCollection.Name)]
public sealed class LargeFileTests : IAsyncLifetime
{
    private const int Length = 100_000_000, Parts = 2;
    private const long MostAllocated = Length / 2;

    private PostgresDatabase _database = null!;
    private ApiApplication _application = null!;
    private Tenant _tenant = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        _application = new ApiApplication(_database.ConnectionString, (await AzuriteServer.SharedAsync()).ConnectionString);
        _tenant = await _application.TenantAsync();
        // What is allocated once in the life of a process is not counted.
        await _tenant.Client.UploadedAsync(new byte[5_000_000]);
    }

    public async Task DisposeAsync()
    {
        await _application.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task As_a_form() => await AssertSameAsync(await MeasureAsync(async () =>
    {
        using var form = new MultipartFormDataContent { { Content(Length, 1), "file", "large.bin" } };
        using var response = await _tenant.Client.UploadAsync(form);
        return (await response.ReadAsync(201)).Text("data", "id");
    }), [(Length, 1)]);

    [Fact]
    public async Task At_a_signed_address() => await AssertSameAsync(await MeasureAsync(async () =>
    {
        using var opened = await _tenant.Client.PostJsonAsync("/v1/assets/upload-url", new { fileName = "large.bin" });
        var url = AssetForms.PathOf((await opened.ReadAsync(201)).Text("data", "url"));
        return (await PutAsync(url, Length, 2, 201)).Text("data", "id");
    }), [(Length, 2)]);

    [Fact]
    public async Task In_parts_with_checksums() => await AssertSameAsync(await MeasureAsync(async () =>
    {
        using var opened = await _tenant.Client.PostJsonAsync("/v1/assets/upload-sessions", new { fileName = "large.bin", mode = "chunked", fileSize = Length });
        var session = (await opened.ReadAsync(201)).At("data");
        for (var part = 1; part <= Parts; part++)
            await PutAsync($"{AssetForms.PathOf(session.Text("url"))}/parts/{part}", Length / Parts, 2 + part, 200);
        using var completed = await _tenant.Client.PostAsync($"/v1/assets/upload-sessions/{session.Text("session_id")}/complete", null);
        return (await completed.ReadAsync(201)).Text("data", "id");
    }), [.. Enumerable.Range(1, Parts).Select(part => (Length / Parts, 2 + part))]);

    private async Task<System.Text.Json.JsonElement> PutAsync(string address, int length, int seed, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = Content(length, seed) };
        request.Headers.Add("X-Content-SHA256", Convert.ToHexStringLower(await SHA256.HashDataAsync(new MadeStream(length, seed))));
        using var response = await _tenant.Client.SendAsync(request);
        return await response.ReadAsync(status);
    }

    private async Task AssertSameAsync(string asset, (int Length, int Seed)[] content)
    {
        using var expected = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (length, seed) in content)
            Append(expected, new MadeStream(length, seed));
        var hash = await MeasureAsync(async () =>
        {
            using var response = await _tenant.Client.GetAsync($"/v1/assets/{asset}/content", HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return Convert.ToHexString(await SHA256.HashDataAsync(await response.Content.ReadAsStreamAsync()));
        });
        Assert.Equal(Convert.ToHexString(expected.GetHashAndReset()), hash);
    }

    private static void Append(IncrementalHash hash, MadeStream stream)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = stream.Read(buffer)) > 0)
            hash.AppendData(buffer.AsSpan(0, read));
    }

    private static async Task<T> MeasureAsync<T>(Func<Task<T>> transfer)
    {
        var before = GC.GetTotalAllocatedBytes();
        var result = await transfer();
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, MostAllocated);
        return result;
    }

    private static StreamContent Content(int length, int seed) =>
        new(new MadeStream(length, seed)) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };

    /// <summary>Bytes that are made while they are read.</summary>
    private sealed class MadeStream(int length, int seed) : Stream
    {
        private int _position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => length;

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, length - _position);
            for (var i = 0; i < count; i++, _position++)
                buffer[i] = (byte)((_position >> 8) * 31 + _position * 7 + seed);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Task.FromResult(Read(buffer.AsSpan(offset, count)));

        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>Beside other tests, what is allocated would be theirs too.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryCollection
{
    public const string Name = "memory";
}
