namespace Vaka.Plugins.Host.Admin.Forms;

/// <summary>Reads the choices that the vendor offers for a field.</summary>
/// <param name="path">The field.</param>
/// <param name="query">What was typed so far.</param>
/// <returns>The choices, or why there are none.</returns>
public delegate Task<(IReadOnlyList<Option> Items, string? Problem)> FormOptions(string path, string? query);
