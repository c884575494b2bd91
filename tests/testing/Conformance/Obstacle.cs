namespace Vaka.Plugins.Testing;

/// <summary>What may stand between a provider and its vendor.</summary>
public enum Obstacle
{
    /// <summary>The name does not exist.</summary>
    NoSuchHost,

    /// <summary>Nobody listens.</summary>
    Refused,

    /// <summary>The operator's policy does not allow the address.</summary>
    Forbidden,

    /// <summary>The other side accepts and hangs up.</summary>
    HangsUp,

    /// <summary>The other side speaks no protocol that anybody knows.</summary>
    Garbage,

    /// <summary>The other side accepts and says nothing, ever.</summary>
    Silence,
}
