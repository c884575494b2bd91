namespace Vaka.Plugins.Client;

/// <summary>The API of a Vaka.Plugins host. May be used by any number of callers at the same time.</summary>
public sealed class VakaClient
{
    private readonly HostConnection connection;

    /// <summary>Makes one over an <see cref="HttpClient"/> of one's own, which does all that
    /// <see cref="VakaClientRegistration.AddVakaClient"/> would: it has the key, and retries if anything shall be retried.</summary>
    /// <param name="http">Its <see cref="HttpClient.BaseAddress"/> is the host's.</param>
    /// <param name="clock">What <see cref="ExecutionsClient.WaitAsync"/> waits by; default: the system's.</param>
    /// <exception cref="ArgumentException">There is no base address.</exception>
    public VakaClient(HttpClient http, TimeProvider? clock = null)
        : this(new HostConnection(http, clock ?? TimeProvider.System))
    {
    }

    private VakaClient(HostConnection connection)
    {
        this.connection = connection;
        Actions = new ActionsClient(connection);
        Agentic = new AgenticClient(connection);
        Executions = new ExecutionsClient(connection);
        Integrations = new IntegrationsClient(connection);
    }

    /// <summary>Has providers do something.</summary>
    public ActionsClient Actions { get; }

    /// <summary>The same for AI agents: whatever happens is told in words.</summary>
    public AgenticClient Agentic { get; }

    /// <summary>What was done, and what waits to be done.</summary>
    public ExecutionsClient Executions { get; }

    /// <summary>What is configured. Takes an admin's key, but for <see cref="IntegrationsClient.GetEffectiveAsync"/>.</summary>
    public IntegrationsClient Integrations { get; }

    /// <summary>The same client acting for one tenant, for whoever has a key of platform scope.</summary>
    public VakaClient ForTenant(Guid tenant) => new(connection.ForTenant(tenant));
}
