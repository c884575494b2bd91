using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests.SingleSignOn;

/// <summary>A service that signs people in through the host, and one browser.</summary>
internal sealed class ServiceLogin(HttpClient service, string returnTo) : IDisposable
{
    public Browser Browser { get; } = new();

    public string Verifier { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public object Body(string? integration = null) => new { return_to = returnTo, code_challenge = Challenge, state = "a state", integration };

    /// <summary>The link for the browser.</summary>
    public async Task<Uri> LinkAsync(string? integration = null) => new((await service.PostAsync("sso/login", Body(integration))).Text("url"));

    /// <summary>Where the browser is sent at the identity provider.</summary>
    public async Task<Uri> BeginAsync(string? integration = null) => await Browser.FollowAsync(await LinkAsync(integration));

    /// <summary>Takes the answer to the host and brings back the code.</summary>
    public async Task<string> CodeAsync(Uri answer)
    {
        var back = await Browser.FollowAsync(answer);
        Assert.StartsWith(returnTo, back.AbsoluteUri);
        var query = HttpUtility.ParseQueryString(back.Query);
        Assert.Equal("a state", query["state"]);
        return query["code"] ?? throw new InvalidOperationException($"No code in {back}");
    }

    public Task<JsonObject> RedeemAsync(string code, HttpStatusCode expected = HttpStatusCode.OK, string? verifier = null, HttpClient? by = null) =>
        (by ?? service).PostAsync("sso/token", new { code, code_verifier = verifier ?? Verifier }, expected);

    public void Dispose() => Browser.Dispose();
}
