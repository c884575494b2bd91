namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>This host among those on its database.</summary>
internal interface IHostNode
{
    /// <summary>Made anew at every start, so that what an earlier life of the same machine had taken is not mistaken for its own.</summary>
    Guid Id { get; }
}
