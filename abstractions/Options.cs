namespace Vaka.Plugins;

/// <summary>Asks for live choices.</summary>
/// <param name="Field">The field, by its path: <c>project_key</c> of the config, or <c>post_message.channel</c> of an action's input.</param>
/// <param name="Query">What the person has typed so far; <c>null</c>: nothing.</param>
public sealed record OptionsRequest(string Field, string? Query);

/// <summary>Live choices for a field.</summary>
/// <param name="Items">At most 200, in the order to show.</param>
/// <param name="HasMore">There are more: a narrower query finds them.</param>
public sealed record OptionList(IReadOnlyList<Option> Items, bool HasMore = false)
{
    /// <summary>No choices.</summary>
    public static OptionList Empty { get; } = new([]);
}

/// <summary>One choice.</summary>
/// <param name="Value">What is stored.</param>
/// <param name="Label">What is shown.</param>
/// <param name="Description">A second line; default: none.</param>
public sealed record Option(string Value, string Label, string? Description = null);
