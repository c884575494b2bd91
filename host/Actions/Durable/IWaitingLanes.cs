namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>Where work waits.</summary>
internal interface IWaitingLanes
{
    /// <summary>Has somebody look at once for what waits in a lane, because something was put there a moment ago. Neither waits nor throws:
    /// what is overlooked is found in the database a little later.</summary>
    void Look(Guid lane);
}
