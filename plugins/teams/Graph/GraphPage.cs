namespace Vaka.Plugins.Teams.Graph;

/// <summary>Part of a list, and where the rest begins.</summary>
/// <param name="Items">The items.</param>
/// <param name="NextPageToken">The query of the next page; <c>null</c>: there is none.</param>
internal sealed record GraphPage<T>(IReadOnlyList<T> Items, string? NextPageToken);

/// <summary>The token of a page as callers give it back.</summary>
internal static class GraphPage
{
    public const int MaxToken = 4096;

    // A token is the query of a link that Graph gave. A caller's can hold no more than that: no other path, no fragment.
    public static void Check(string? pageToken)
    {
        if (pageToken is not null && pageToken.Any(character => character is <= ' ' or > '~' or '#' or '?' or '"' or '<' or '>' or '\\'))
            throw TeamsFailures.InvalidInput("page_token", "Give next_page_token of the last answer unchanged, or nothing to begin anew.");
    }
}
