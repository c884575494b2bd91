namespace Vaka.Plugins.Host.Api;

/// <summary>What a caller prefers, by RFC 7240.</summary>
internal static class Preference
{
    public const string Name = "Prefer";

    public const string AppliedName = "Preference-Applied";

    private const string RespondAsync = "respond-async";

    /// <summary>Marks an endpoint that heeds it, for the document.</summary>
    public static object Honoured { get; } = new Mark();

    /// <summary>Says that it was heeded.</summary>
    public static void MarkApplied(HttpResponse response) => response.Headers[AppliedName] = RespondAsync;

    /// <summary>It does not want to wait. What else is preferred is ignored, as the RFC allows.</summary>
    public static bool IsAsync(HttpRequest request)
    {
        var header = request.Headers[Name];
        if (header.Count == 0) return false;
        foreach (var line in header)
        {
            foreach (var part in (line ?? "").Split(','))
            {
                if (part.Split(';')[0].Trim().Equals(RespondAsync, StringComparison.OrdinalIgnoreCase)) return true;
            }
        }

        return false;
    }

    internal sealed class Mark;
}
