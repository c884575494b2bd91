namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Another room that the feed of changes brings what other nodes tell. It has to be quick: the feed waits.</summary>
internal interface IFeedListener
{
    /// <summary>What it listens to: a lower-case name.</summary>
    string Channel { get; }

    void Hear(string payload);

    /// <summary>The feed lives, for the first time or again: what was told before went unheard.</summary>
    void CatchUp();
}
