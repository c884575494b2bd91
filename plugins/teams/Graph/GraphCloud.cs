namespace Vaka.Plugins.Teams.Graph;

/// <summary>Where Microsoft's sign-in and Graph are.</summary>
/// <remarks>https://learn.microsoft.com/graph/deployments</remarks>
internal sealed record GraphCloud(string Login, string Graph)
{
    public static GraphCloud Of(GraphConnection connection) => connection.Cloud switch
    {
        "gcc_high" => new("login.microsoftonline.us", "graph.microsoft.us"),
        "dod" => new("login.microsoftonline.us", "dod-graph.microsoft.us"),
        _ => new("login.microsoftonline.com", "graph.microsoft.com"),
    };

    /// <summary>How the integration gets its tokens: with the consent of a person, or the refresh token in the config.</summary>
    public static OAuth2Settings SignInOf(GraphConnection connection)
    {
        var cloud = Of(connection);
        var authority = $"https://{cloud.Login}/{Uri.EscapeDataString(connection.TenantId)}/oauth2/v2.0";
        return new OAuth2Settings
        {
            TokenUrl = new Uri($"{authority}/token"),
            AuthorizationUrl = new Uri($"{authority}/authorize"),
            ClientId = connection.ClientId,
            ClientSecret = connection.ClientSecret,
            RefreshToken = connection.RefreshToken,
            Grant = connection.RefreshToken is null ? OAuth2Grant.AuthorizationCode : OAuth2Grant.RefreshToken,

            // Named in full, since a bare name means the Graph of the global cloud. offline_access gives the refresh token. A refresh token
            // from elsewhere keeps the scope that it was given for: asking for more would be refused.
            Scope = connection.RefreshToken is null
                ? $"https://{cloud.Graph}/{GraphPermission.Send} https://{cloud.Graph}/{GraphPermission.ReadTeams} "
                    + $"https://{cloud.Graph}/{GraphPermission.ReadChannels} offline_access"
                : null,
            AuthorizationParameters = new Dictionary<string, string> { ["prompt"] = "select_account" },
        };
    }
}

/// <summary>The delegated permissions that consent is asked for.</summary>
internal static class GraphPermission
{
    public const string Send = "ChannelMessage.Send";
    public const string ReadTeams = "Team.ReadBasic.All";
    public const string ReadChannels = "Channel.ReadBasic.All";
}
