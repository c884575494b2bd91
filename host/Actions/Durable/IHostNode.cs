namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>This host, as others know it by what it has taken.</summary>
internal interface IHostNode
{
    /// <summary>Made anew at every start.</summary>
    Guid Id { get; }
}

/// <summary>A host by itself.</summary>
internal sealed class ThisNode : IHostNode
{
    public Guid Id { get; } = Guid.CreateVersion7();
}
