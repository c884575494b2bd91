namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>A host by itself.</summary>
internal sealed class ThisNode : IHostNode
{
    public Guid Id { get; } = Guid.CreateVersion7();
}
