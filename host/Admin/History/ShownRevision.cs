using Vaka.Plugins.Host.Admin.Editing;

namespace Vaka.Plugins.Host.Admin.History;

/// <summary>A line of the history.</summary>
/// <param name="Number">Of the revision.</param>
/// <param name="At">When it was saved.</param>
/// <param name="By">Who saved it, in words.</param>
/// <param name="Changes">Against the one before; <c>null</c>: it is the first.</param>
internal sealed record ShownRevision(int Number, DateTimeOffset At, string By, IReadOnlyList<Difference>? Changes)
{
    private const int Named = 4;

    /// <summary>What changed, in a few words.</summary>
    public string Summary => Changes switch
    {
        null => "Created",
        [] => "No setting changed",
        _ => string.Join(", ", Changes.Take(Named).Select(change => change.Path)) + (Changes.Count > Named ? $" and {Changes.Count - Named} more" : ""),
    };
}
