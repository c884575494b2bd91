using System.Net.Http.Headers;
using System.Text;

namespace Vaka.Plugins.Host.Tests.Actions.Queue;

/// <summary>A part of the common RabbitMQ that nobody else uses, and so a queue of one's own.</summary>
public sealed class VirtualHost : IAsyncLifetime
{
    private readonly string name = $"test-{Guid.NewGuid():N}";

    private static string? Broker => Environment.GetEnvironmentVariable("VAKA_TEST_RABBITMQ");

    /// <summary>It, as <c>Queue:RabbitMq</c> names it.</summary>
    public string Address => $"{Broker}/{name}";

    public static void SkipUnlessAvailable()
    {
        if (Broker is null) Assert.Skip("RabbitMQ is not running here: VAKA_TEST_RABBITMQ is not set (tests/run.sh starts one).");
    }

    public async ValueTask InitializeAsync()
    {
        if (Broker is not null) await SendAsync(HttpMethod.Put);
    }

    public async ValueTask DisposeAsync()
    {
        if (Broker is not null) await SendAsync(HttpMethod.Delete);
    }

    private async Task SendAsync(HttpMethod method)
    {
        var api = new Uri(Environment.GetEnvironmentVariable("VAKA_TEST_RABBITMQ_API") ?? "");
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(api, $"api/vhosts/{name}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(api.UserInfo)));
        using var response = await client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, $"{method} of a virtual host: {response.StatusCode}");
    }
}
