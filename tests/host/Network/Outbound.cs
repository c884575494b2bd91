using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Network;
using Vaka.Plugins.Host.Network.Tls;

namespace Vaka.Plugins.Host.Tests.Network;

/// <summary>Makes the room's objects as the host does, with a resolver, a clock and roots of the test's choice.</summary>
internal static class Outbound
{
    public static OutboundAccess Access(
        NetworkOptions? options = null,
        IHostResolver? resolver = null,
        X509Certificate2Collection? roots = null,
        TimeProvider? clock = null) =>
        new(
            Options.Create(options ?? new NetworkOptions()),
            resolver ?? new SystemHostResolver(),
            new TlsSettings(clock ?? TimeProvider.System, roots),
            clock ?? TimeProvider.System,
            NullLoggerFactory.Instance);

    public static OutboundAccess WithLoopback(
        IHostResolver? resolver = null, X509Certificate2Collection? roots = null, TimeProvider? clock = null) =>
        Access(new NetworkOptions { AllowLoopback = true }, resolver, roots, clock);

    public static async Task<IntegrationException> FailsAsync(FailureKind kind, Effect effect, Func<Task> act)
    {
        var failure = await Assert.ThrowsAsync<IntegrationException>(act);
        Assert.Equal((kind, effect), (failure.Kind, failure.Effect));
        return failure;
    }

    public static Task<IntegrationException> IsRefusedAsync(Func<Task> act) =>
        FailsAsync(FailureKind.InvalidConfiguration, Effect.None, act);
}

/// <summary>Answers each look-up with the next list, and the last one ever after.</summary>
internal sealed class ScriptedResolver(params string[][] answers) : IHostResolver
{
    public int LookUps { get; private set; }

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var answer = answers[Math.Min(LookUps++, answers.Length - 1)];
        return Task.FromResult(answer.Select(IPAddress.Parse).ToArray());
    }
}
