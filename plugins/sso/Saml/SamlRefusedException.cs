namespace Vaka.Plugins.Sso.Saml;

/// <summary>A message is not taken. Caught once, where the refusal is noted in the trace.</summary>
/// <param name="check">The check's stable name.</param>
/// <param name="message">What is wrong and what to do: configured values and short pieces of what arrived only.</param>
/// <param name="inner">What it came from; logged, never shown.</param>
internal sealed class SamlRefusedException(string check, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Check { get; } = check;
}
