using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Metadata;
using Vaka.Plugins.Sso.Saml.Requests;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>What a response must fit, all of it from this row and this browser's cookie.</summary>
internal sealed record Expected
{
    public required IdentityProvider Provider { get; init; }

    /// <summary>Our entity id.</summary>
    public required string Audience { get; init; }

    public required string Acs { get; init; }

    /// <summary>The request that this browser made; <c>null</c>: none, the login began at the identity provider.</summary>
    public required PendingRequest? Pending { get; init; }

    public required SsoConfig Config { get; init; }

    public required DateTimeOffset Now { get; init; }

    public TimeSpan Skew => TimeSpan.FromSeconds(Config.ClockSkewSeconds);

    public TimeSpan LongestAge => TimeSpan.FromSeconds(Config.MaxResponseAgeSeconds);

    public static Expected Of(
        CompleteLoginInput input, IdentityProvider provider, PendingRequest? pending, SsoConfig config, DateTimeOffset now) => new()
    {
        Provider = provider, Audience = config.EntityId ?? input.Addresses.Metadata, Acs = input.Addresses.Acs, Pending = pending,
        Config = config, Now = now,
    };
}
