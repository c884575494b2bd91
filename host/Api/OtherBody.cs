namespace Vaka.Plugins.Host.Api;

/// <summary>What an endpoint takes as JSON beside what its type says, for the document.</summary>
internal sealed record OtherBody(Type Type);
