namespace Vaka.Plugins.Host.Integrations;

/// <summary>Why an integration cannot be used: the stable words of the wire contract, and what each says to people.</summary>
internal static class Unusable
{
    public const string SecretUndecryptable = "secret_undecryptable";
    public const string PluginNotLoaded = "plugin_not_loaded";
    public const string NeedsMigration = "needs_migration";
    public const string NeedsReauthorization = "needs_reauthorization";
    public const string EndpointGone = "endpoint_gone";
    public const string InvalidConfig = "invalid_config";

    /// <summary>What a reason stored in <see cref="Integration.StatusReason"/> means, and what to do.</summary>
    public static string Describe(string? reason) => reason switch
    {
        EndpointGone => "its address answered that it is gone for good. Correct the address, or activate the integration again.",
        NeedsReauthorization => "a person has to give consent again. Press Connect in /integrations page, or give its credentials again.",
        SecretUndecryptable => "one of its secrets cannot be decrypted. Give the secret again in /integrations page.",
        PluginNotLoaded => "its provider is not loaded. The operator of the platform has to repair the plugin.",
        NeedsMigration => "its config is of another version than its provider. Save it again in /integrations page.",
        InvalidConfig => "its config is not valid. Correct it in /integrations page.",
        _ => "it was put out of use after an error. Check it and activate it again in /integrations page.",
    };
}
