using System.Text;
using Vaka.Plugins.Host.Network;

namespace Vaka.Plugins.Host.SignIn.Sso.Domains;

/// <summary>Reads the file that shows whose a domain is. It is fetched as a tenant's integration would: to no address inside, over TLS, and
/// wherever it redirects to is not followed.</summary>
internal sealed class DomainFile(OutboundAccess outbound)
{
    public const int Limit = 4 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Uri AddressOf(string domain) => new($"https://{domain}/.well-known/vaka-sso-verification");

    /// <returns>Why the file does not hold the line; <c>null</c>: it does.</returns>
    public async Task<string?> FindMissingAsync(string domain, string line, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            using var http = outbound.Http(ConfigScope.Tenant);
            using var response = await http.GetAsync(AddressOf(domain), HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            if (!response.IsSuccessStatusCode) return $"{AddressOf(domain)} answered {(int)response.StatusCode}.";
            var buffer = new byte[Limit];
            await using var body = await response.Content.ReadAsStreamAsync(timeout.Token);
            var length = await body.ReadAtLeastAsync(buffer, Limit, throwOnEndOfStream: false, timeout.Token);
            return Encoding.UTF8.GetString(buffer, 0, length).Split('\n').Any(read => read.Trim() == line)
                ? null
                : $"{AddressOf(domain)} does not hold the line.";
        }
        catch (IntegrationException refused)
        {
            return $"{AddressOf(domain)} could not be read: {refused.Message}";
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return $"{AddressOf(domain)} could not be read.";
        }
    }
}
