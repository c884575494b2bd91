namespace Vaka.Plugins.Host.Plugins.Packages;

/// <summary>The package that is to serve a type, without its content.</summary>
internal sealed record InstalledPackage
{
    public required string Type { get; init; }

    public required Guid PackageId { get; init; }

    public required string Version { get; init; }

    public required string Lock { get; init; }

    public string? Signature { get; init; }

    /// <summary>The version before, to which a rollback leads; <c>null</c>: there is none.</summary>
    public Guid? PreviousId { get; init; }

    /// <summary>Of the version before.</summary>
    public string? PreviousVersion { get; init; }

    public int? PreviousConfigVersion { get; init; }
}
