namespace Vaka.Plugins.Host.Plugins.Loading;

/// <summary>Whether this host has the contract that an assembly was compiled against: the same major, and no newer minor, since within a
/// major the contract only grows.</summary>
internal static class ContractCheck
{
    private static readonly Version HostVersion = typeof(IIntegrationProvider).Assembly.GetName().Version!; // a compiled assembly has one

    /// <summary>Why not; <c>null</c>: it has.</summary>
    public static string? Refuse(AssemblyFacts user, AssemblyFacts main)
    {
        if (user.Contract is not { } needed || (needed.Major == HostVersion.Major && needed.Minor <= HostVersion.Minor)) return null;
        var who = user == main ? "" : $" ({user.FileName})";
        var advice = needed.Major < HostVersion.Major ? "install a newer plugin" : "update the host, or install an older plugin";
        return $"It needs contract {Show(needed)}{who}, the host has {Show(HostVersion)}: {advice}.";
    }

    public static string Show(Version version) => $"{version.Major}.{version.Minor}";
}
