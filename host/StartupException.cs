namespace Vaka.Plugins.Host;

/// <summary>The host cannot start. The message is for the operator: what is wrong and what to do.</summary>
internal sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
