namespace Vaka.Plugins.Host.Access;

/// <summary>What a request brings as its credential.</summary>
internal static class BearerToken
{
    private const string Bearer = "Bearer ";

    /// <summary>What stands behind <c>Bearer</c>; <c>null</c>: nothing does.</summary>
    public static ReadOnlyMemory<char>? From(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return null; // beside a memory, null would be an empty one
        return header.AsMemory(Bearer.Length).Trim();
    }
}
