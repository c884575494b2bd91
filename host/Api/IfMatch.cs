using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Vaka.Plugins.Host.Api;

/// <summary>ETag and If-Match carry the revision of a row.</summary>
internal static class IfMatch
{
    /// <summary>Marks an endpoint that reads it, for the document.</summary>
    public static object Honoured { get; } = new Mark();

    /// <summary>The revision that the caller last saw; <c>null</c>: it does not mind.</summary>
    public static int? Read(HttpRequest request)
    {
        if (request.Headers.IfMatch is [] or ["*"]) return null;
        return request.Headers.IfMatch is [{ } header] && EntityTagHeaderValue.TryParse(header, out var tag) && !tag.IsWeak
            && int.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
                ? revision
                : throw new ProblemException(ProblemCode.InvalidRequest, "If-Match takes the ETag of the integration as it was answered, such as \"4\".");
    }

    internal sealed class Mark;

    public static void WriteTag(HttpResponse response, int revision) =>
        response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");
}
