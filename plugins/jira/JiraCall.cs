using System.Globalization;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Jira;

/// <summary>One request, before it is known where to and as whom.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Below <c>/rest/api/N/</c>, with its query; made by <see cref="To"/>.</param>
/// <param name="Purpose">What it is for, after "to": <c>create the issue</c>.</param>
internal sealed record JiraCall(HttpMethod Method, string Path, string Purpose)
{
    public JsonNode? Body { get; init; }

    /// <summary>A body that is no JSON; made anew for each attempt.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>It changes nothing, though its method may say otherwise.</summary>
    public bool ReadsOnly { get; init; }

    public int MaxBytes { get; init; } = ApiAnswer.DefaultMaxBytes;

    public static JiraCall Get(FormattableString path, string purpose) => new(HttpMethod.Get, To(path), purpose) { ReadsOnly = true };

    /// <summary>Percent-encodes every value that is put in, so that none can leave its place.</summary>
    public static string To(FormattableString path) => string.Format(
        CultureInfo.InvariantCulture,
        path.Format,
        [.. path.GetArguments().Select(value => (object)Uri.EscapeDataString(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""))]);
}
