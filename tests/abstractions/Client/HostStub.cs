using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Vaka.Plugins.Client;

namespace Vaka.Plugins.Abstractions.Tests.Client;

/// <summary>The wire to a host: answers what it is told, one after the other, and keeps what was asked.</summary>
internal sealed class HostStub : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> answers = [];

    public FakeTimeProvider Clock { get; } = new();

    public List<Request> Requests { get; } = [];

    public HostStub Answer(HttpStatusCode status, string body, params (string Name, string Value)[] headers) => Answer(() =>
    {
        var response = new HttpResponseMessage(status)
        {
            Content = new StringContent(body, Encoding.UTF8, (int)status < 400 ? "application/json" : "application/problem+json"),
        };
        foreach (var (name, value) in headers) response.Headers.TryAddWithoutValidation(name, value);
        return response;
    });

    public HostStub Answer(Func<HttpResponseMessage> answer)
    {
        answers.Enqueue(answer);
        return this;
    }

    public HostStub Problem(HttpStatusCode status, string code, params (string Name, string Value)[] headers) =>
        Answer(status, $$"""{"type":"about:blank","title":"T","status":{{(int)status}},"detail":"Do this.","code":"{{code}}"}""", headers);

    /// <summary>A client as an application registers it.</summary>
    public VakaClient Client(Action<VakaClientOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddVakaClient(options =>
        {
            options.BaseAddress = new Uri("http://host.test/vaka");
            options.ApiKey = "vaka_key";
            configure?.Invoke(options);
        }).ConfigurePrimaryHttpMessageHandler(() => this);
        return services.BuildServiceProvider().GetRequiredService<VakaClient>();
    }

    /// <summary>Lets the time pass that a call waits for, until it has ended.</summary>
    public async Task<T> PassTimeAsync<T>(Task<T> call)
    {
        while (!call.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await call;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add(new Request(
            $"{request.Method} {request.RequestUri?.PathAndQuery}",
            request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []).ToDictionary(header => header.Key, header => string.Join(", ", header.Value)),
            string.IsNullOrEmpty(body) ? null : JsonNode.Parse(body)));
        var response = answers.Dequeue()();
        response.RequestMessage = request;
        return response;
    }

    /// <summary>What was asked.</summary>
    internal sealed record Request(string Line, IReadOnlyDictionary<string, string> Headers, JsonNode? Body);
}
