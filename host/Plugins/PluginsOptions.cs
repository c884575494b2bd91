namespace Vaka.Plugins.Host.Plugins;

/// <summary>The section <c>Plugins</c> of the deployment settings.</summary>
internal sealed class PluginsOptions
{
    public const string Section = "Plugins";

    /// <summary>Where plugins lie, each in a folder of its own; a relative path starts at the working directory. Default: <c>plugins</c>
    /// beside the program.</summary>
    public string? Directory { get; set; }

    /// <summary>How long a plugin may take to load before it is given up. Plugins load side by side, so this bounds start-up
    /// too.</summary>
    public TimeSpan LoadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Where this host unpacks packages, for itself alone; a relative path starts at the working directory. Default:
    /// <c>data/packages</c>.</summary>
    public string? PackageDirectory { get; set; }

    /// <summary>Public keys (ECDSA, P-256; PEM, or the same without its first and last line) of the publishers whose packages are taken. With
    /// none, a signature is not asked for.</summary>
    public string[] PublisherKeys { get; set; } = [];

    public string FullPackageDirectory =>
        Path.GetFullPath(string.IsNullOrWhiteSpace(PackageDirectory) ? Path.Combine("data", "packages") : PackageDirectory);

    public string FullDirectory =>
        Path.GetFullPath(string.IsNullOrWhiteSpace(Directory) ? Path.Combine(AppContext.BaseDirectory, "plugins") : Directory);
}
