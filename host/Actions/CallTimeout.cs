namespace Vaka.Plugins.Host.Actions;

/// <summary>How long one call of a provider may take.</summary>
internal static class CallTimeout
{
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(30);

    /// <summary>What a call gets to end by itself after its token was cancelled, before it is left behind.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    public static TimeSpan Of(object config) =>
        config is IHasTimeout limited ? TimeSpan.FromSeconds(Math.Clamp(limited.TimeoutSeconds, 1, 300)) : Default;
}
