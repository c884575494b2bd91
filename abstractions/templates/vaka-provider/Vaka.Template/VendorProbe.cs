using Vaka.Plugins;

namespace Vaka_Template;

/// <summary>Whether an integration works. A probe changes nothing out there.</summary>
internal static class VendorProbe
{
    public static async Task<ProbeResult> RunAsync(VendorConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var url = new Uri(config.Url);
        await context.StepAsync(
            "tcp",
            async cancellation =>
            {
                await using var connection = await context.Network.ConnectAsync(url.Host, url.Port, cancellation);
                return $"{url.Host} accepts connections.";
            },
            cancellationToken);
        await context.StepAsync(
            "auth",
            async cancellation =>
            {
                await VendorClient.SendAsync(HttpMethod.Get, "", null, config, context, cancellation);
                return "The API key is accepted.";
            },
            cancellationToken);
        return ProbeResult.Healthy("VendorName answers; nothing was sent.");
    }
}
