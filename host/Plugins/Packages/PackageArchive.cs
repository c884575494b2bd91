using System.IO.Compression;
using System.Text;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Plugins.Packages;

/// <summary>The zip that a package is. It comes from outside: nothing that it says of itself is believed.</summary>
internal static class PackageArchive
{
    public const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>Beside the plugin's files; see <see cref="PublisherKeys"/>.</summary>
    public const string SignatureFile = "signature";

    private const long MaxUnpackedBytes = 256L * 1024 * 1024;
    private const int MaxFiles = 1_000;
    private const int MaxPath = 240;
    private const int MaxSignature = 1_024;

    // What the Unix half of the attributes says that an entry is.
    private const int TypeMask = 0xF000, RegularFile = 0x8000, UnixDirectory = 0x4000;

    // The same folder makes the same package.
    private static readonly DateTimeOffset Packed = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Unpacks into a directory that is not there yet, readable by the host's user alone.</summary>
    /// <returns>The signature that came with it, if any; it is not unpacked.</returns>
    /// <exception cref="ProblemException">It is no zip, too large, or holds what a package must not hold.</exception>
    public static string? Unpack(byte[] content, string directory)
    {
        if (content.Length > MaxBytes) throw Refuse($"it has more than {MaxBytes / 1024 / 1024} MiB");
        try
        {
            using var zip = new ZipArchive(new MemoryStream(content, writable: false));
            if (zip.Entries.Count > MaxFiles) throw Refuse($"it has more than {MaxFiles} files");
            OwnerOnly.CreateDirectory(directory);
            string? signature = null;
            var left = MaxUnpackedBytes;
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var entry in zip.Entries)
            {
                var path = Check(entry);
                if (!names.Add(path)) throw Refuse($"it has '{path}' twice");
                if (entry.FullName.EndsWith('/')) continue;
                if (path == SignatureFile) signature = ReadSignature(entry);
                else Unpack(entry, Path.Combine(directory, path), ref left);
            }

            return signature;
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException or EndOfStreamException or ArgumentException)
        {
            throw Refuse("it is no zip that can be read", exception);
        }
    }

    /// <summary>Packs a plugin's folder.</summary>
    /// <exception cref="ProblemException">There is no such folder, or it holds a link.</exception>
    public static byte[] Pack(string folder, string? signature = null)
    {
        if (!Directory.Exists(folder)) throw Refuse($"there is no folder '{folder}'");
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal);
            foreach (var file in files)
            {
                var path = Path.GetRelativePath(folder, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
                if (path == SignatureFile) continue;
                if (file.LinkTarget is not null) throw Refuse($"'{path}' is a link");
                using var from = file.OpenRead();
                using var to = New(zip, path).Open();
                from.CopyTo(to);
            }

            if (signature is not null)
            {
                using var to = New(zip, SignatureFile).Open();
                to.Write(Encoding.ASCII.GetBytes(signature));
            }
        }

        return content.ToArray();
    }

    private static ZipArchiveEntry New(ZipArchive zip, string path)
    {
        var entry = zip.CreateEntry(path);
        entry.LastWriteTime = Packed;
        return entry;
    }

    private static string Check(ZipArchiveEntry entry)
    {
        var path = entry.FullName.TrimEnd('/');
        var shown = new string([.. path.Take(MaxPath).Select(letter => char.IsControl(letter) ? '?' : letter)]);
        var isSafe = path.Length is > 0 and <= MaxPath && !path.Any(letter => char.IsControl(letter) || letter is '\\' or ':')
            && path.Split('/').All(part => part is not ("" or "." or "..") && part == part.Trim());
        if (!isSafe) throw Refuse($"the path '{shown}' in it leads elsewhere or is not portable");
        var type = (entry.ExternalAttributes >> 16) & TypeMask;
        if (type != 0 && type != (entry.FullName.EndsWith('/') ? UnixDirectory : RegularFile)) throw Refuse($"'{shown}' in it is a link or no plain file");

        // It would have assemblies loaded from wherever it says.
        if (path.EndsWith(".runtimeconfig.dev.json", StringComparison.OrdinalIgnoreCase)) throw Refuse($"'{shown}' is for development only: delete it");
        return path;
    }

    private static void Unpack(ZipArchiveEntry entry, string path, ref long left)
    {
        OwnerOnly.CreateDirectory(Path.GetDirectoryName(path)!); // below the directory
        using var from = entry.Open();
        using var to = OwnerOnly.Open(path, FileMode.CreateNew, FileShare.None);
        var buffer = new byte[81_920];
        while (from.Read(buffer) is > 0 and var count)
        {
            // Counted as it comes: the size that an entry claims is a claim.
            left -= count;
            if (left < 0) throw Refuse($"unpacked it has more than {MaxUnpackedBytes / 1024 / 1024} MiB");
            to.Write(buffer, 0, count);
        }
    }

    private static string ReadSignature(ZipArchiveEntry entry)
    {
        using var from = entry.Open();
        var buffer = new byte[MaxSignature + 1];
        var length = from.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length > MaxSignature ? throw Refuse("its signature is too long") : Encoding.ASCII.GetString(buffer, 0, length).Trim();
    }

    private static ProblemException Refuse(string why, Exception? inner = null) =>
        new(ProblemCode.InvalidRequest, $"The package cannot be taken: {why}.", inner);
}
