using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Network.Addresses;

namespace Vaka.Plugins.Host.Network;

/// <summary>Refuses to start with an entry that does not parse, or under a name that is none: a network that the operator believes to
/// be open or closed must be so.</summary>
internal sealed class NetworkOptionsCheck(IConfiguration section) : IValidateOptions<NetworkOptions>
{
    private static readonly string[] Lists =
    [
        nameof(NetworkOptions.AllowedNetworks), nameof(NetworkOptions.AllowedNetworksForTenants), nameof(NetworkOptions.ConnectTo),
    ];

    public ValidateOptionsResult Validate(string? name, NetworkOptions options)
    {
        var failures = SectionFailures()
            .Concat(EntryFailures(nameof(NetworkOptions.AllowedNetworks), options.AllowedNetworks, AllowedNetwork.Parse))
            .Concat(EntryFailures(nameof(NetworkOptions.AllowedNetworksForTenants), options.AllowedNetworksForTenants, AllowedNetwork.Parse))
            .Concat(EntryFailures(nameof(NetworkOptions.ConnectTo), options.ConnectTo, Route.Parse))
            .ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> SectionFailures()
    {
        foreach (var child in section.GetChildren())
        {
            var setting = $"{NetworkOptions.Section}:{child.Key}";
            if (!Lists.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                yield return $"{setting} is not a setting. There are {string.Join(", ", Lists)}.";
            }
            else if (!string.IsNullOrEmpty(child.Value))
            {
                // The binder would ignore a plain value where a list belongs.
                yield return $"{setting} is a list. Give its first entry as {setting}:0.";
            }
        }
    }

    private static IEnumerable<string> EntryFailures<T>(string list, string[] entries, Func<string, T> parse)
    {
        for (var index = 0; index < entries.Length; index++)
        {
            string? problem = null;
            try
            {
                parse(entries[index]);
            }
            catch (FormatException exception)
            {
                problem = exception.Message;
            }

            if (problem is not null)
            {
                yield return $"{NetworkOptions.Section}:{list}:{index} is \"{entries[index]}\": {problem}";
            }
        }
    }
}
