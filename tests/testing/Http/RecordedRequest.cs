using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Testing;

/// <summary>A request as it came in.</summary>
public sealed record RecordedRequest
{
    /// <summary>Such as <c>POST</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The whole address.</summary>
    public required Uri Uri { get; init; }

    /// <summary>Every header of the request and of its body, in the order in which they came.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>The body's bytes; empty when there was none.</summary>
    public required byte[] Body { get; init; }

    /// <summary>The certificate that the client showed to an <see cref="HttpPeer"/>; <c>null</c>: none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The body read as UTF-8.</summary>
    public string BodyText => Encoding.UTF8.GetString(Body);

    /// <summary>The body read as JSON.</summary>
    public JsonNode? BodyJson => JsonNode.Parse(Body);

    /// <summary>The values of a header, joined with a comma; <c>null</c> when it is not there.</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value);
        return values.Any() ? string.Join(", ", values) : null;
    }
}
