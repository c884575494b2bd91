namespace Vaka.Plugins.Host.Integrations;

/// <summary>Tells health on this node that a real call of an integration failed. A subscriber has to be quick: the call waits.</summary>
internal sealed class CallSignals
{
    private event Action<FailedCall>? Failed;

    public void Subscribe(Action<FailedCall> handler) => Failed += handler;

    public void Publish(FailedCall call) => Failed?.Invoke(call);
}

/// <summary>A call that the other side, or the provider, refused.</summary>
/// <param name="IntegrationId">The row that served.</param>
/// <param name="Revision">Its revision when it did.</param>
/// <param name="Action">What was called.</param>
/// <param name="Kind">How it failed.</param>
/// <param name="Message">The provider's sentence, safe to show.</param>
internal sealed record FailedCall(Guid IntegrationId, int Revision, string Action, FailureKind Kind, string Message);
