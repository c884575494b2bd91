namespace Vaka.Plugins.Host.Api;

/// <summary>What an endpoint may answer with 200 beside what its type says, for the document.</summary>
internal sealed record OtherAnswer(Type Type);
