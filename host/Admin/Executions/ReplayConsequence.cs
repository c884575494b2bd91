using Vaka.Plugins.Host.Actions.Executions;

namespace Vaka.Plugins.Host.Admin.Executions;

/// <summary>What somebody should know before replaying.</summary>
internal static class ReplayConsequence
{
    public const string Again = "It is tried at once with the input that it was given, through the integration as it is set up now. "
        + "The attempts so far no longer count against its retries.";

    public const string Twice = "so that it may be done twice: a second mail, a second ticket.";

    public static string Of(ExecutionState state) => state switch
    {
        ExecutionState.Succeeded => $"It has succeeded, {Twice} {Again}",
        ExecutionState.Unknown => $"Nobody knows whether it was done, {Twice} {Again}",
        ExecutionState.Parked => $"{Again} While its integration cannot be used it is parked again.",
        _ => Again,
    };
}
