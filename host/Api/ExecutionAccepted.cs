using Vaka.Plugins.Host.Actions.Executions;

namespace Vaka.Plugins.Host.Api;

/// <summary>An execution that is kept and will be done. The Location says where to look for what came of it.</summary>
internal sealed record ExecutionAccepted(Guid ExecutionId, ExecutionState State);
