using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Health;

/// <summary>Tests an integration for an admin who is watching: probes it and saves nothing.</summary>
internal sealed class IntegrationTester(IntegrationStore store, ConfigReader reader, ProbeRunner probes)
{
    /// <param name="id">The row.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="onStep">Is told each step as it is taken, on the probe's own thread.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ProbeReport> TestSavedAsync(Guid id, Caller caller, Action<ProbeStep>? onStep, CancellationToken cancellationToken)
    {
        var row = await store.GetAsync(id, caller, cancellationToken);
        var read = reader.Read(row);
        var integration = read.Integration
            ?? throw new ProblemException(ProblemCode.IntegrationUnusable, read.Message ?? "This integration cannot be used.") { Reason = read.Reason };
        return await probes.ProbeAsync(integration, caller.TenantId, isUnsaved: false, onStep, cancellationToken);
    }

    /// <param name="type">The provider.</param>
    /// <param name="config">The config as typed.</param>
    /// <param name="id">The saved row whose secrets stand in for those that are not given.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="onStep">Is told each step as it is taken, on the probe's own thread.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ProbeReport> TestUnsavedAsync(
        string type, JsonObject config, Guid? id, Caller caller, Action<ProbeStep>? onStep, CancellationToken cancellationToken)
    {
        var integration = await store.PrepareUnsavedAsync(type, config, id, caller, cancellationToken);
        return await probes.ProbeAsync(integration, caller.TenantId, isUnsaved: true, onStep, cancellationToken);
    }
}
