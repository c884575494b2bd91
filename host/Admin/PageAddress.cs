using System.Diagnostics.CodeAnalysis;

namespace Vaka.Plugins.Host.Admin;

/// <summary>Where signing in may lead: to the page and nowhere else.</summary>
internal static class PageAddress
{
    public static bool IsOfThePage([NotNullWhen(true)] string? address) =>
        address is not null && (address == "/integrations" || address.StartsWith("/integrations/", StringComparison.Ordinal)
            || address.StartsWith("/integrations?", StringComparison.Ordinal)) && !address.Any(char.IsControl) && !address.Contains('\\');
}
