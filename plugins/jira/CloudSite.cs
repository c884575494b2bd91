using System.Text.Json;

namespace Vaka.Plugins.Jira;

/// <summary>The id by which Atlassian's gateway knows a Cloud site. It is asked for once and then kept in the integration's state.</summary>
internal sealed class CloudSite
{
    private const string StateKey = "cloud_site";
    private string? id;

    public static async Task<string> IdAsync(JiraClient client, OAuth2Auth auth, OAuth2Tokens tokens, CancellationToken cancellationToken)
    {
        var known = await client.Context.GetOrCreateResourceAsync(
            "cloud_site", (_, _) => ValueTask.FromResult(new CloudSite()), cancellationToken).ConfigureAwait(false);
        return known.id ??= await FindAsync(client, auth, tokens, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string> FindAsync(JiraClient client, OAuth2Auth auth, OAuth2Tokens tokens, CancellationToken cancellationToken)
    {
        var (state, host) = (client.Context.State, JiraSite.BaseOf(client.Config).Host);
        var stored = await state.GetAsync(StateKey, auth.ClientSecret, cancellationToken).ConfigureAwait(false);
        if (stored?.Split(' ') is [var site, var found] && site == host) return found;

        var answer = await client.ListSitesAsync(tokens, cancellationToken).ConfigureAwait(false);
        var call = new JiraCall(HttpMethod.Get, "", "find the site");
        if (!answer.IsSuccess) throw JiraFailures.From(answer, call, client.Config);
        if (answer.Json is not { ValueKind: JsonValueKind.Array } sites) throw JiraFailures.NotJira(answer, call);
        var match = sites.EnumerateArray().FirstOrDefault(item =>
            Uri.TryCreate(item.Text("url"), UriKind.Absolute, out var url) && url.Host.Equals(host, StringComparison.OrdinalIgnoreCase));
        if (match.Text("id") is not { Length: > 0 } id)
        {
            throw new IntegrationException(
                FailureKind.InvalidConfiguration,
                $"The consent covers {sites.GetArrayLength()} site(s), and {host} is not among them. Check site_url, or press Connect and "
                + $"choose {host}.")
            {
                Effect = Effect.None,
            };
        }

        await state.UpdateAsync(
            StateKey, auth.ClientSecret, (_, _) => Task.FromResult<string?>($"{host} {id}"), cancellationToken).ConfigureAwait(false);
        return id;
    }
}
