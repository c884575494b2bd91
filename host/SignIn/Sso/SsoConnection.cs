using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.SignIn.Sso;

/// <summary>An <c>sso</c> integration that can be used, with what the host itself heeds of its config.</summary>
internal sealed record SsoConnection
{
    public required BoundIntegration Integration { get; init; }

    public required SsoAddresses Addresses { get; init; }

    /// <summary>Path of its addresses, which its cookies are bound to.</summary>
    public required string Path { get; init; }

    /// <summary>Where services may have people sent back to.</summary>
    public IReadOnlyList<string> ReturnUrls { get; init; } = [];

    public IReadOnlyList<string> EmailDomains { get; init; } = [];

    /// <summary>Admins sign in to the page here.</summary>
    public bool IsForPage { get; init; }

    public Guid Id => Integration.Id;

    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: its return address is not in the list.</exception>
    public Uri CheckReturn(string returnTo) => ReturnAddress.Find(returnTo, ReturnUrls)
        ?? throw new ProblemException(ProblemCode.InvalidRequest,
            "return_to is not among the return addresses of this integration. Add it there, in /integrations page, exactly as it is given here.")
        {
            Errors = [new ConfigError("return_to", "Not among the return addresses of the integration.")],
        };

    /// <summary>A list of texts in a config.</summary>
    public static IReadOnlyList<string> Texts(JsonObject config, string member) => config[member] is JsonArray list
        ? [.. list.OfType<JsonValue>().Select(value => value.TryGetValue<string>(out var text) ? text : "").Where(text => text.Length > 0)]
        : [];

    public static bool Flag(JsonObject config, string member) => config[member] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;
}
