using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace Vaka.Plugins.Host.Tests.Architecture;

public class RoomTests
{
    private const string Host = "Vaka.Plugins.Host";

    // A room uses rooms of a lower floor only. What lies in the host's root namespace belongs to all of them.
    private static readonly Dictionary<string, int> Floors = new()
    {
        ["Api"] = 5, ["Agents"] = 5, ["Admin"] = 5, ["Commands"] = 5, ["Telemetry"] = 5,
        ["SignIn"] = 4, // its AuthService runs actions
        ["Actions"] = 3, ["Health"] = 3,
        ["Integrations"] = 2,
        ["Plugins"] = 1, ["Network"] = 1,
        ["Access"] = 0,
    };

    // Beside the others: every room may use it, it uses none.
    private const string Data = "Data";

    private static readonly ArchUnitNET.Domain.Architecture Loaded = new ArchLoader().LoadAssembly(typeof(Vaka.Plugins.Host.Plugins.PluginCatalog).Assembly).Build();

    [Fact]
    public void Rooms_AreTheOnesOfTheHouse() =>
        Assert.Subset(new HashSet<string>([.. Floors.Keys, Data]), Loaded.Types.Select(RoomOf).OfType<string>().ToHashSet());

    [Fact]
    public void Rooms_DependDownwardOnly()
    {
        var wrong = Loaded.Types
            .SelectMany(type => type.Dependencies)
            .Where(dependency => !IsAllowed(RoomOf(dependency.Origin), RoomOf(dependency.Target)))
            .Select(dependency => $"{dependency.Origin.FullName} uses {dependency.Target.FullName}");
        Assert.Empty(wrong.Distinct().Order());
    }

    [Theory]
    [InlineData("Api", "Integrations", true)]
    [InlineData("Actions", "Access", true)]
    [InlineData("Plugins", "Data", true)]
    [InlineData("Plugins", null, true)]
    [InlineData("Plugins", "Integrations", false)]
    [InlineData("Api", "Admin", false)]
    [InlineData("Data", "Plugins", false)]
    public void IsAllowed_FollowsTheHouse(string from, string? to, bool allowed) => Assert.Equal(allowed, IsAllowed(from, to));

    [Fact]
    public void Dependencies_AreSeenInsideMethods()
    {
        // Otherwise the tests above would pass whatever the code does.
        var switching = Loaded.Types.Single(type => type.Name == nameof(Vaka.Plugins.Host.Plugins.ProviderSwitch));
        Assert.Contains(switching.Dependencies, dependency => dependency.Target.Name == nameof(Vaka.Plugins.Host.Access.AuditEvent));
    }

    private static bool IsAllowed(string? from, string? to)
    {
        if (from is null || to is null || from == to || to == Data) return true;
        return from != Data && Floors.TryGetValue(from, out var above) && Floors.TryGetValue(to, out var below) && above > below;
    }

    private static string? RoomOf(IType type)
    {
        var name = type.FullName;
        var start = name.IndexOf(Host + ".", StringComparison.Ordinal);
        if (start != 0) return null;
        var path = name[(Host.Length + 1)..].Split('`')[0].Split('+')[0].Split('/')[0].Split('.');
        return path.Length > 1 ? path[0] : null;
    }
}
