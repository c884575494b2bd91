using System.Text.Json.Nodes;

namespace Vaka.Plugins.EndToEnd.Tests.Contract;

/// <summary>Sends calls of the API through a proxy that knows the OpenAPI document, and fails where the two differ: any answer that is not as the document
/// has it, and any request that the document forbids and the host takes. One that a test sends wrong on purpose is told by the host's refusal.</summary>
internal sealed class ContractHandler(Func<Task<Uri>> proxy) : DelegatingHandler(new HttpClientHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is { } address && address.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal))
            request.RequestUri = new Uri(await proxy(), address.PathAndQuery);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.Headers.TryGetValues("sl-violations", out var violations))
        {
            var wrong = JsonNode.Parse(string.Join(",", violations))!.AsArray() // always a list
                .Where(violation => !IsOnPurpose(violation!.AsObject(), response)).ToList(); // a list of objects
            Assert.True(wrong.Count == 0,
                $"{request.Method} {request.RequestUri?.PathAndQuery} answered {(int)response.StatusCode}, which differs from the document:\n"
                + string.Join("\n", wrong.Select(violation => violation!.ToJsonString())) + $"\n{await response.Content.ReadAsStringAsync(cancellationToken)}");
        }

        return response;
    }

    // A body where none is read is ignored by the host, as HTTP allows; the document has no words for that, and prism takes it for a wrong type.
    private static bool IsOnPurpose(JsonObject violation, HttpResponseMessage response) => violation["location"]?[0]?.GetValue<string>() == "request"
        && (!response.IsSuccessStatusCode || violation["message"]?.GetValue<string>().StartsWith("No supported content types", StringComparison.Ordinal) == true);
}
