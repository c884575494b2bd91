namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>Looks at once for what would be found a moment later.</summary>
internal interface IWaitingLanes
{
    /// <summary>Something waits in a lane: <see cref="Executions.Execution.Lane"/>.</summary>
    void Look(Guid lane);
}
