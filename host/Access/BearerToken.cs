namespace Vaka.Plugins.Host.Access;

/// <summary>What a request brings as its credential.</summary>
internal static class BearerToken
{
    private const string Bearer = "Bearer ";

    /// <summary>What stands behind <c>Bearer</c>; <c>null</c>: nothing does.</summary>
    public static ReadOnlyMemory<char>? From(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header.AsMemory(Bearer.Length).Trim() : null;
    }
}
