using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Api;

/// <summary>Which integration serves.</summary>
internal sealed record EffectiveAnswer(ServingIntegration Integration, IReadOnlyList<TrailEntry> Trail);
