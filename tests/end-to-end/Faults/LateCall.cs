using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.EndToEnd.Tests.Faults;

/// <summary>A call that the host has begun to read and whose body the test holds back.</summary>
internal sealed class LateCall : IDisposable
{
    private readonly HttpClient client = new(new SocketsHttpHandler { Expect100ContinueTimeout = Timeout.InfiniteTimeSpan });
    private readonly HeldBody body;
    private readonly Task<HttpResponseMessage> answer;

    private LateCall(HttpRequestMessage request, HeldBody body)
    {
        this.body = body;
        request.Content = body;
        request.Headers.ExpectContinue = true; // what comes back says that the host waits for the body
        answer = client.SendAsync(request);
    }

    public static async Task<LateCall> BeginAsync(Uri host, HttpClient caller, string path, object content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host, path));
        request.Headers.Authorization = caller.DefaultRequestHeaders.Authorization;
        var call = new LateCall(request, new HeldBody(JsonSerializer.SerializeToUtf8Bytes(content)));
        await call.body.Awaited.WaitAsync(TimeSpan.FromSeconds(20));
        return call;
    }

    /// <summary>Sends the body and reads the refusal.</summary>
    public async Task<(JsonObject Problem, TimeSpan? RetryAfter)> EndAsync()
    {
        body.Release();
        using var response = await answer;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode is HttpStatusCode.ServiceUnavailable, text);
        return (JsonNode.Parse(text)!.AsObject(), response.Headers.RetryAfter?.Delta); // every body is an object
    }

    public void Dispose() => client.Dispose();

    private sealed class HeldBody : HttpContent
    {
        private readonly TaskCompletionSource awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly byte[] bytes;

        public HeldBody(byte[] bytes)
        {
            this.bytes = bytes;
            Headers.ContentType = new("application/json");
        }

        public Task Awaited => awaited.Task;

        public void Release() => released.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            awaited.SetResult();
            await released.Task;
            await stream.WriteAsync(bytes);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
