namespace Vaka.Plugins.Testing;

/// <summary>One thing that is asked of a plugin.</summary>
/// <param name="Id">Its stable name, as the report and the documentation know it.</param>
/// <param name="Grade">The grade that cannot be had without it.</param>
/// <param name="Demand">What has to hold.</param>
/// <param name="Advice">What to do where it does not.</param>
public sealed record Criterion(string Id, Grade Grade, string Demand, string Advice);
