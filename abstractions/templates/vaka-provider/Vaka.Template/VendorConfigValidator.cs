using Vaka.Plugins;

namespace Vaka_Template;

/// <summary>What the attributes of the config cannot say. Pure: nothing is asked here.</summary>
internal static class VendorConfigValidator
{
    public static IEnumerable<ConfigError> Validate(VendorConfig config)
    {
        var scheme = new Uri(config.Url).Scheme;
        if (scheme == Uri.UriSchemeHttp)
            yield return new ConfigError("url", "The API key travels unencrypted: use https.", ConfigSeverity.Warning);
        else if (scheme != Uri.UriSchemeHttps)
            yield return new ConfigError("url", "Give an address that begins with https://.");
    }
}
