namespace Vaka.Plugins.Host.Access;

/// <summary>Whose tokens are taken beside API keys. Section <c>Access:Jwt</c>; without it, nobody's.</summary>
internal sealed class JwtOptions
{
    public const string Section = "Access:Jwt";

    /// <summary>The issuer's address, below which its OpenID Connect discovery document lies.</summary>
    public string? Authority { get; set; }

    /// <summary>What a token must be meant for.</summary>
    public string? Audience { get; set; }

    /// <summary>Whether tokens are taken at all.</summary>
    /// <exception cref="StartupException">Half of it is set, or something that cannot be trusted.</exception>
    public bool IsConfigured()
    {
        if (string.IsNullOrWhiteSpace(Authority) && string.IsNullOrWhiteSpace(Audience)) return false;
        if (string.IsNullOrWhiteSpace(Authority) || string.IsNullOrWhiteSpace(Audience))
            throw new StartupException("Access:Jwt takes both: Authority, the issuer of the tokens, and Audience, the name that they are meant for. Set both or none.");
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var address)
            || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            throw new StartupException($"Access:Jwt:Authority is '{Authority}'. It must be an https address: whoever can change what it answers can sign in.");
        return true;
    }
}
