using System.Security.Cryptography;
using System.Text;

namespace Vaka.Plugins.Host.Plugins.Packages;

/// <summary>Every file of a package with its SHA-256. The signature of a package is over <see cref="Text"/>, and so is not in it.</summary>
/// <param name="Text">A line for each file, <c>hash  path</c> as sha256sum writes it, ordered by path.</param>
internal sealed record PackageLock(string Text)
{
    public static PackageLock Of(string directory) => new(string.Concat(
        Files(directory).Where(path => path != PackageArchive.SignatureFile).Order(StringComparer.Ordinal).Select(path => $"{HashOf(Path.Combine(directory, path))}  {path}\n")));

    public static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public byte[] Bytes => Encoding.UTF8.GetBytes(Text);

    /// <summary>The first thing in which a directory differs, to follow the name of the directory; <c>null</c>: it is what was locked.</summary>
    public string? FindMismatch(string directory)
    {
        var locked = Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split("  ", 2))
            .ToDictionary(line => line[1], line => line[0], StringComparer.Ordinal);
        var present = Files(directory).ToHashSet(StringComparer.Ordinal);
        if (present.Order(StringComparer.Ordinal).FirstOrDefault(path => !locked.ContainsKey(path)) is { } stranger) return $"{stranger} does not belong to it";
        if (locked.Keys.FirstOrDefault(path => !present.Contains(path)) is { } gone) return $"{gone} is gone";
        var changed = locked.FirstOrDefault(file => IsLink(Path.Combine(directory, file.Key)) || HashOf(Path.Combine(directory, file.Key)) != file.Value);
        return changed.Key is null ? null : $"{changed.Key} was changed";
    }

    private static IEnumerable<string> Files(string directory) =>
        Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false })
            .Select(file => Path.GetRelativePath(directory, file).Replace(Path.DirectorySeparatorChar, '/'));

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
