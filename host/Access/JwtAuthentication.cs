using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace Vaka.Plugins.Host.Access;

/// <summary><c>Authorization: Bearer</c> with a token of the operator's own issuer.</summary>
internal static class JwtAuthentication
{
    private const string Scheme = "jwt";
    private const string Either = "key or token";

    /// <summary>What a public key verifies. "none" and the HMAC family would let a token pass that anybody can make.</summary>
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>How long a key is taken that the issuer has withdrawn, and up to a twentieth longer at random. The library knows no shorter one.</summary>
    private static readonly TimeSpan KeysTrusted = TimeSpan.FromMinutes(5);

    /// <summary>How often a token with an unknown key may have the issuer asked again: anybody can write such a token.</summary>
    private static readonly TimeSpan KeysAskedAgain = TimeSpan.FromSeconds(30);

    public static void AddJwt(this AuthenticationBuilder authentication, JwtOptions settings)
    {
        authentication.Services.Configure<AuthenticationOptions>(options => options.DefaultScheme = Either);
        authentication.AddPolicyScheme(Either, null, options => options.ForwardDefaultSelector = context =>
            BearerToken.From(context.Request) is { } token && !token.Span.StartsWith(ApiKeyToken.Prefix, StringComparison.Ordinal)
                ? Scheme
                : CallerClaims.Scheme);
        authentication.AddJwtBearer(Scheme, options =>
        {
            options.Authority = settings.Authority;
            options.Audience = settings.Audience;
            options.RequireHttpsMetadata = false; // JwtOptions lets plain HTTP pass on this machine only
            options.AutomaticRefreshInterval = KeysTrusted;
            options.RefreshInterval = KeysAskedAgain;
            options.BackchannelTimeout = TimeSpan.FromSeconds(10);
            options.MapInboundClaims = false;
            options.TokenValidationParameters.ValidAlgorithms = Algorithms;
            options.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(30);
            options.Events = new JwtBearerEvents
            {
                OnMessageReceived = NeedTheIssuerAsync,
                OnAuthenticationFailed = context => Refuse(context, Reason(context.Exception), "The token is not valid here."),
                OnTokenValidated = TakeClaims,
            };
        });

        // Left to itself, the library takes the old keys once more while it fetches the new ones, however long a quiet host has had them.
        AppContext.SetSwitch("Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking", true);

        // The library would go on taking the keys of before for an hour after it has learnt of new ones, and a stolen key is withdrawn in vain.
        authentication.Services.AddOptions<JwtBearerOptions>(Scheme)
            .Configure<IIssuerChannel>((options, channel) => options.BackchannelHttpHandler = channel.Open(new Uri(settings.Authority!))) // IsConfigured saw to it
            .PostConfigure(options => ((BaseConfigurationManager)options.ConfigurationManager!).UseLastKnownGoodConfiguration = false); // made for the authority
    }

    /// <summary>Without the issuer's keys nothing can be said about a token; it would be wrong to call it a bad one.</summary>
    private static async Task NeedTheIssuerAsync(MessageReceivedContext context)
    {
        if (context.Options.ConfigurationManager is not { } issuer || BearerToken.From(context.Request) is null) return;
        try
        {
            await issuer.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (Exception unreachable) when (unreachable is InvalidOperationException or IOException or HttpRequestException)
        {
            context.Fail(new ProblemException(ProblemCode.ProviderUnavailable,
                "The issuer of the tokens cannot be reached, so that no token can be checked. Try again, or use an API key.", unreachable)
            {
                RetryAfter = TimeSpan.FromSeconds(5),
            });
        }
    }

    private static Task TakeClaims(TokenValidatedContext context)
    {
        if (CallerClaims.FromToken(context.Principal?.Claims ?? [], Scheme) is not { } principal)
            return Refuse(context, "claims", "The token does not say who is calling, in what role and for whom.");
        context.Principal = principal;
        return Task.CompletedTask;
    }

    private static Task Refuse(ResultContext<JwtBearerOptions> context, string reason, string message)
    {
        var (services, from) = (context.HttpContext.RequestServices, context.HttpContext.Connection.RemoteIpAddress);
        services.GetRequiredService<DeniedAttempts>().NoteToken(reason, from);
        if (services.GetRequiredService<FailedAttempts>().Add(from) is { } tooMany) context.Fail(tooMany);
        else context.Fail(message);
        return Task.CompletedTask;
    }

    /// <summary>For the audit alone: whoever tries tokens learns nothing from it.</summary>
    private static string Reason(Exception refusal) => refusal switch
    {
        SecurityTokenExpiredException => "expired",
        SecurityTokenNotYetValidException => "not_yet_valid",
        SecurityTokenInvalidAudienceException => "audience",
        SecurityTokenInvalidIssuerException => "issuer",
        SecurityTokenInvalidAlgorithmException or SecurityTokenInvalidSignatureException or SecurityTokenSignatureKeyNotFoundException => "signature",
        _ => "malformed",
    };
}
