namespace Vaka.Plugins;

/// <summary>The grade that a plugin claims: <c>[assembly: ConformanceGrade(Grade.Gold)]</c>. The conformance suite of the testing kit fails a
/// plugin that does not reach it. The host shows it as claimed, since it runs no tests.</summary>
/// <param name="grade">The grade.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ConformanceGradeAttribute(Grade grade) : Attribute
{
    /// <summary>The grade.</summary>
    public Grade Grade { get; } = grade;
}

/// <summary>How much of what is asked of a plugin it does. Each includes the ones before it.</summary>
public enum Grade
{
    /// <summary>Not even bronze.</summary>
    None,

    /// <summary>A host loads it and runs it.</summary>
    Bronze,

    /// <summary>It is documented, understands what fails, stops when told to and keeps its secrets.</summary>
    Silver,

    /// <summary>All that can be checked: harmless probes, hostile answers, true hints, declared reach, migrations.</summary>
    Gold,
}
