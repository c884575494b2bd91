using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Vaka.Plugins.Vendors.ServiceNow;

/// <summary>Who may sign in: users with passwords, API keys, and OAuth applications with the tokens they were given.</summary>
public sealed class ServiceNowAccounts
{
    private readonly ConcurrentDictionary<string, string> accessTokens = new();
    private readonly ConcurrentDictionary<string, string> refreshTokens = new();
    private int issued;

    /// <summary>Passwords by user name.</summary>
    public ConcurrentDictionary<string, string> Passwords { get; } = new();

    /// <summary>User names by API key.</summary>
    public ConcurrentDictionary<string, string> Keys { get; } = new();

    /// <summary>Secret and, for client credentials, the user, by client id.</summary>
    public ConcurrentDictionary<string, (string Secret, string? User)> Applications { get; } = new();

    /// <summary>Whether a refresh token is replaced when it is used.</summary>
    public bool RotatesRefreshTokens { get; set; }

    /// <summary>How long an access token says it lives.</summary>
    public int TokenSeconds { get; set; } = 1800;

    /// <summary>A refresh token that a user has consented to.</summary>
    public string Consent(string user)
    {
        var token = $"refresh-{Interlocked.Increment(ref issued)}";
        refreshTokens[token] = user;
        return token;
    }

    /// <summary>Withdraws every access token before its time.</summary>
    public void RevokeAccessTokens() => accessTokens.Clear();

    /// <summary>Who sends a request; <c>null</c>: nobody who is known.</summary>
    internal string? UserOf(IHeaderDictionary headers)
    {
        var authorization = $"{headers.Authorization}";
        if (authorization.StartsWith("Bearer ", StringComparison.Ordinal)) return accessTokens.GetValueOrDefault(authorization[7..]);
        if (authorization.StartsWith("Basic ", StringComparison.Ordinal))
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(authorization[6..])).Split(':', 2);
            return pair is [var name, var password] && Passwords.GetValueOrDefault(name) == password ? name : null;
        }

        return Keys.GetValueOrDefault($"{headers["x-sn-apikey"]}");
    }

    /// <summary>Answers a request for a token.</summary>
    internal (int Status, JsonObject Answer) Grant(IFormCollection form)
    {
        if (!Applications.TryGetValue($"{form["client_id"]}", out var application) || application.Secret != form["client_secret"])
        {
            return (401, Refusal());
        }

        switch ($"{form["grant_type"]}")
        {
            case "client_credentials":
                return application.User is { } owner ? (200, Issue(owner, null)) : (401, Refusal());
            case "password":
                var name = $"{form["username"]}";
                return Passwords.TryGetValue(name, out var password) && password == form["password"]
                    ? (200, Issue(name, Consent(name)))
                    : (401, Refusal());
            case "refresh_token":
                var token = $"{form["refresh_token"]}";
                if (!refreshTokens.TryGetValue(token, out var user)) return (401, Refusal());
                if (!RotatesRefreshTokens) return (200, Issue(user, token));
                refreshTokens.TryRemove(token, out _);
                return (200, Issue(user, Consent(user)));
            default:
                return (401, Refusal());
        }
    }

    // The same, whatever is wrong.
    private static JsonObject Refusal() => new() { ["error_description"] = "access_denied", ["error"] = "server_error" };

    private JsonObject Issue(string user, string? refresh)
    {
        var token = $"access-{Interlocked.Increment(ref issued)}";
        accessTokens[token] = user;
        var answer = new JsonObject
        {
            ["access_token"] = token, ["token_type"] = "Bearer", ["scope"] = "useraccount", ["expires_in"] = TokenSeconds,
        };
        if (refresh is not null) answer["refresh_token"] = refresh;
        return answer;
    }
}
