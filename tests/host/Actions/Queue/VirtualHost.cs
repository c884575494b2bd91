using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace Vaka.Plugins.Host.Tests.Actions.Queue;

/// <summary>A part of the common RabbitMQ that nobody else uses, and so a queue of one's own.</summary>
public sealed class VirtualHost : IAsyncLifetime
{
    private readonly string name = $"test-{Guid.NewGuid():N}";

    private readonly List<string> users = [];

    private static string? Broker => Environment.GetEnvironmentVariable("VAKA_TEST_RABBITMQ");

    /// <summary>It, as <c>Queue:RabbitMq</c> names it.</summary>
    public string Address => $"{Broker}/{name}";

    public static void SkipUnlessAvailable()
    {
        if (Broker is null) Assert.Skip("RabbitMQ is not running here: VAKA_TEST_RABBITMQ is not set (tests/run.sh starts one).");
    }

    public async ValueTask InitializeAsync()
    {
        if (Broker is not null) await SendAsync(HttpMethod.Put, $"vhosts/{name}");
    }

    public async ValueTask DisposeAsync()
    {
        if (Broker is null) return;
        await SendAsync(HttpMethod.Delete, $"vhosts/{name}");
        foreach (var user in users) await SendAsync(HttpMethod.Delete, $"users/{user}");
    }

    /// <summary>Its address for a new user who may do no more than this, each a pattern of names.</summary>
    public async Task<string> AddUserAsync(string configure, string write, string read)
    {
        var user = $"user-{Guid.NewGuid():N}";
        users.Add(user);
        await SendAsync(HttpMethod.Put, $"users/{user}", new { password = "hunter2", tags = "" });
        await SendAsync(HttpMethod.Put, $"permissions/{name}/{user}", new { configure, write, read });
        return new UriBuilder(Address) { UserName = user, Password = "hunter2" }.ToString();
    }

    private static async Task SendAsync(HttpMethod method, string path, object? body = null)
    {
        var api = new Uri(Environment.GetEnvironmentVariable("VAKA_TEST_RABBITMQ_API") ?? "");
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(api, $"api/{path}")) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(api.UserInfo)));
        using var response = await client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {response.StatusCode}");
    }
}
