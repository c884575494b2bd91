using System.Net;

namespace Vaka.Plugins.EndToEnd.Tests.SingleSignOn;

/// <summary>A browser that follows nothing by itself, with cookies of its own.</summary>
internal sealed class Browser : IDisposable
{
    private readonly HttpClient client;

    public Browser() => client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies });

    public CookieContainer Cookies { get; } = new();

    public Task<HttpResponseMessage> GetAsync(Uri address) => client.GetAsync(address);

    public Task<HttpResponseMessage> PostAsync(Uri address, params (string Name, string Value)[] fields) =>
        client.PostAsync(address, new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => client.SendAsync(request);

    /// <summary>Opens an address that sends the browser on.</summary>
    public async Task<Uri> FollowAsync(Uri address)
    {
        using var response = await GetAsync(address);
        Assert.True(response.StatusCode == HttpStatusCode.SeeOther, $"{address} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return response.Headers.Location ?? throw new InvalidOperationException("A redirect to nowhere.");
    }

    public void Dispose() => client.Dispose();
}
