using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.EndToEnd.Tests.Hosts;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.EndToEnd.Tests.Secrets;

/// <summary>Configs that have the canary in every field that is a secret.</summary>
internal static class SecretConfigs
{
    /// <param name="canary">What stands in every secret.</param>
    /// <param name="sink">An endpoint that listens.</param>
    /// <param name="issuer">A token endpoint.</param>
    public static IEnumerable<(string Type, JsonObject Config)> All(Canary canary, Uri sink, Uri issuer)
    {
        foreach (var (auth, url) in Auths(canary, issuer))
        {
            yield return ("webhook", Object(new
            {
                url = url ?? $"{sink}",
                auth,
                secret_headers = new Dictionary<string, string> { ["X-Secret"] = canary.Text },
                signing_secret = Signing(canary),
                previous_signing_secret = Signing(canary),
                previous_valid_until = DateTimeOffset.UtcNow.AddHours(1),
            }));
        }

        var (host, port) = MailPeer.Unavailable is null ? (MailPeer.Host, MailPeer.Port("plain")) : ("127.0.0.1", 1);
        yield return ("smtp", Object(new
        {
            smtp_host = host, smtp_port = port, smtp_use_tls = false, smtp_user = "alice", smtp_password = canary.Awkward, from_email = "a@vaka.test",
        }));
        yield return ("smtp", Object(new
        {
            smtp_host = host, smtp_port = port, smtp_use_tls = false, smtp_user = "alice", from_email = "a@vaka.test",
            oauth2_token_url = $"{issuer}", oauth2_client_id = "vaka", oauth2_client_secret = canary.Awkward, oauth2_refresh_token = canary.Text,
        }));
    }

    /// <summary>The names of the fields on the way to each place that holds the canary.</summary>
    public static IEnumerable<string> NamesOf(JsonNode? config, Canary canary) => config switch
    {
        JsonObject members => members.SelectMany(member =>
            NamesOf(member.Value, canary).Append(member.Key).Where(_ => IsIn(member.Value, canary))),
        _ => [],
    };

    /// <summary>The names of the fields that a schema says are secrets; a map of secrets by its own name.</summary>
    public static IEnumerable<string> NamesIn(JsonNode? schema, string name = "")
    {
        if (schema is JsonArray choices) return choices.SelectMany(choice => NamesIn(choice, name));
        if (schema is not JsonObject node) return [];
        if (node["writeOnly"]?.GetValue<bool>() == true) return [name];
        return node.SelectMany(member => member.Key == "properties"
            ? member.Value!.AsObject().SelectMany(property => NamesIn(property.Value, property.Key)) // properties are an object
            : NamesIn(member.Value, name));
    }

    private static IEnumerable<(object Auth, string? Url)> Auths(Canary canary, Uri issuer)
    {
        using var certificate = TestCertificates.SelfSigned("client.test");
        using var key = certificate.GetRSAPrivateKey() as AsymmetricAlgorithm ?? certificate.GetECDsaPrivateKey();
        var locked = key!.ExportEncryptedPkcs8PrivateKeyPem( // the kit's certificates have a key
            canary.Awkward, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        canary.Add("private key", locked.Split('\n')[2]);
        return
        [
            (new { type = "none" }, null),
            (new { type = "basic", username = "vaka", password = canary.Awkward }, null),
            (new { type = "bearer", token = canary.Text }, null),
            (new { type = "api_key", name = "key", value = canary.Text, @in = "header" }, null),
            (new { type = "api_key", name = "key", value = canary.Text, @in = "query" }, null),
            (new { type = "oauth2_client_credentials", token_url = $"{issuer}", client_id = "vaka", client_secret = canary.Awkward }, null),
            (new { type = "hmac", header = "X-Hmac", secret = canary.Awkward }, null),
            (new { type = "client_certificate", certificate = $"{certificate.ExportCertificatePem()}\n{locked}", password = canary.Awkward }, "https://127.0.0.1:1/"),
        ];
    }

    private static bool IsIn(JsonNode? node, Canary canary) =>
        node?.ToJsonString() is { } text && (text.Contains(canary.Text) || text.Contains(Signing(canary)) || text.Contains("PRIVATE KEY"));

    private static string Signing(Canary canary) => $"whsec_{Convert.ToBase64String(Encoding.UTF8.GetBytes(canary.Text))}";

    private static JsonObject Object(object config) => System.Text.Json.JsonSerializer.SerializeToNode(config)!.AsObject(); // an object is one
}
