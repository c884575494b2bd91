using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins;

namespace Vaka_Template;

/// <summary>The wire: how VendorName is asked.</summary>
internal static class VendorClient
{
    /// <exception cref="IntegrationException">It was refused, or not reached.</exception>
    public static async Task<ApiAnswer> SendAsync(
        HttpMethod method, string path, JsonObject? body, VendorConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(new Uri(config.Url), path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", config.ApiKey.Reveal());
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        var answer = await ApiAnswer.SendAsync(context.Http, request, context.Clock, cancellationToken);
        return answer.IsSuccess ? answer : throw VendorFailures.From(answer);
    }
}
