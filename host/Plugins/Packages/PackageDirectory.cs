using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Plugins.Packages;

/// <summary>Where this host unpacks the packages that it loads: a directory of its own, which nobody else may read.</summary>
internal sealed class PackageDirectory(IOptions<PluginsOptions> options, PackageStore store)
{
    private readonly string root = options.Value.FullPackageDirectory;

    /// <summary>The package's files, each of which is what was installed.</summary>
    /// <exception cref="PackageTamperedException">One is not.</exception>
    public async Task<string> ProvideAsync(InstalledPackage package, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, $"{package.Type}-{package.PackageId:N}");
        var files = new PackageLock(package.Lock);
        if (!Directory.Exists(path))
        {
            var content = await store.ReadContentAsync(package.PackageId, cancellationToken)
                ?? throw new ProviderCheckException("Its package was removed while it was loaded.");
            using var fresh = TryOut(content);
            if (files.FindMismatch(fresh.Path) is { } wrong)
                throw new PackageTamperedException($"Its package in the database is not what was installed: {wrong}. Find out who changed it, then add the package again.");
            fresh.MoveTo(path);
        }

        // Each time before it is loaded: it may have lain here for months.
        return files.FindMismatch(path) is { } mismatch
            ? throw new PackageTamperedException(
                $"What lies in {path} is not what was installed: {mismatch}. Find out who changed it, then delete that directory and enable the provider again.")
            : path;
    }

    /// <summary>Unpacks to look at it; it goes with its disposal.</summary>
    /// <exception cref="ProblemException">It cannot be a package.</exception>
    public UnpackedPackage TryOut(byte[] content)
    {
        OwnerOnly.CreateDirectory(root);

        // Fails when somebody else made it: in a shared directory that may be anybody.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(root, $".new-{Guid.NewGuid():N}");
        try
        {
            return new UnpackedPackage(path, PackageArchive.Unpack(content, path));
        }
        catch
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            throw;
        }
    }

    /// <summary>Deletes what no version in the database needs.</summary>
    public void Sweep(IReadOnlyCollection<Guid> needed)
    {
        if (!Directory.Exists(root)) return;
        foreach (var directory in Directory.EnumerateDirectories(root))
        {
            var name = Path.GetFileName(directory);
            if (name.StartsWith('.') || (Guid.TryParseExact(name[(name.LastIndexOf('-') + 1)..], "N", out var id) && needed.Contains(id))) continue;
            try
            {
                Directory.Delete(directory, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // In use elsewhere; the next start looks again.
            }
        }
    }
}

/// <summary>A package in a directory that goes with it.</summary>
internal sealed class UnpackedPackage(string path, string? signature) : IDisposable
{
    private bool isMoved;

    public string Path { get; } = path;

    public string? Signature { get; } = signature;

    /// <summary>Keeps it at another place; what another process put there meanwhile stays.</summary>
    public void MoveTo(string place)
    {
        try
        {
            Directory.Move(Path, place);
            isMoved = true;
        }
        catch (IOException) when (Directory.Exists(place))
        {
        }
    }

    public void Dispose()
    {
        if (isMoved) return;
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Windows keeps what is loaded from it.
        }
    }
}

/// <summary>A package is not what was installed; the message says what and where.</summary>
internal sealed class PackageTamperedException(string message) : Exception(message);
