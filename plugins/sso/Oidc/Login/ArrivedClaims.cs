using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vaka.Plugins.Sso.Oidc.Login;

/// <summary>Claims as texts: a list keeps its values, an object becomes compact JSON.</summary>
internal static class ArrivedClaims
{
    // What only the signed token may say: it is about the token or the sign-in, not about the person.
    private static readonly HashSet<string> OfTheToken = new(StringComparer.Ordinal)
    {
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "azp", "auth_time", "acr", "amr", "sid", "at_hash", "c_hash",
    };

    /// <summary>The ID token's, then what userinfo adds. Where both say something, the signed one counts.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Of(JsonElement token, JsonElement? userinfo)
    {
        var arrived = new OrderedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var claim in token.EnumerateObject()) Add(arrived, claim);
        foreach (var claim in userinfo?.EnumerateObject() ?? [])
        {
            if (!OfTheToken.Contains(claim.Name)) Add(arrived, claim);
        }

        return arrived;
    }

    private static void Add(OrderedDictionary<string, IReadOnlyList<string>> arrived, JsonProperty claim)
    {
        IReadOnlyList<string> values = claim.Value.ValueKind is JsonValueKind.Array
            ? [.. claim.Value.EnumerateArray().Select(TextOf).OfType<string>()]
            : TextOf(claim.Value) is { } text ? [text] : [];
        if (values.Count > 0) arrived.TryAdd(claim.Name, values);
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.Object or JsonValueKind.Array => Compact(value),
    };

    private static string Compact(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
