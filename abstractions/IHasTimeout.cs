namespace Vaka.Plugins;

/// <summary>A config that says how long a call of it may take. Otherwise the host's default of 30 seconds holds, and never more than
/// 300.</summary>
public interface IHasTimeout
{
    /// <summary>The limit of one attempt, in seconds; at least 1.</summary>
    int TimeoutSeconds { get; }
}
