using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Vaka.Plugins.Host.Actions.Approvals;

/// <summary>What an approval is bound to. Its canonical form is a JSON array of texts without white space, in UTF-8: the integration's type,
/// the action, the integration's id, its revision, and the SHA-256 of the input exactly as it is kept. The hash is the SHA-256 of that; both
/// hashes are lower-case hex.</summary>
/// <remarks>One hash for all of it: whoever approves sends back the one that they saw, and anything that has changed since makes another.</remarks>
internal static class ApprovalHash
{
    public static string Of(string type, string action, Guid integrationId, int revision, ReadOnlySpan<byte> input) =>
        Combine(type, action, integrationId, revision, Hex(input));

    /// <param name="payload">The input as it is kept; <c>null</c>: there is none.</param>
    /// <inheritdoc cref="Of(string, string, Guid, int, ReadOnlySpan{byte})"/>
    public static string Of(string type, string action, Guid integrationId, int revision, string? payload) =>
        Of(type, action, integrationId, revision, Encoding.UTF8.GetBytes(payload ?? "{}"));

    /// <summary>The revision, at most a hundred before the one that is now, under which the hash was made; <c>null</c>: it was made of
    /// something else.</summary>
    public static int? FindEarlierRevision(string hash, string type, string action, Guid integrationId, int revision, string? payload)
    {
        var input = Hex(Encoding.UTF8.GetBytes(payload ?? "{}"));
        for (var earlier = revision - 1; earlier > Math.Max(0, revision - 100); earlier--)
        {
            if (Combine(type, action, integrationId, earlier, input) == hash) return earlier;
        }

        return null;
    }

    private static string Combine(string type, string action, Guid integrationId, int revision, string inputHash) => Hex(JsonSerializer.SerializeToUtf8Bytes(
        new[] { type, action, integrationId.ToString("D"), revision.ToString(CultureInfo.InvariantCulture), inputHash }));

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
