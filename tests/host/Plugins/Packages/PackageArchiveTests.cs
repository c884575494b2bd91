using System.IO.Compression;
using Vaka.Plugins.Host.Plugins.Packages;

namespace Vaka.Plugins.Host.Tests.Plugins.Packages;

public sealed class PackageArchiveTests : IDisposable
{
    private const int Link = unchecked((int)0xA1FF0000);
    private const int Device = 0x21B60000;

    private readonly string directory = Directory.CreateTempSubdirectory("vaka-package-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Unpack_WhatWasPacked_IsTheSame()
    {
        var packed = PackageArchive.Pack(PluginDirectory.Fixture("good"), "c2lnbmF0dXJl");

        Assert.Equal("c2lnbmF0dXJl", PackageArchive.Unpack(packed, Target));

        Assert.Equal(PackageLock.Of(PluginDirectory.Fixture("good")), PackageLock.Of(Target));
        Assert.False(File.Exists(Path.Combine(Target, PackageArchive.SignatureFile)));
        Assert.Equal(packed, PackageArchive.Pack(PluginDirectory.Fixture("good"), "c2lnbmF0dXJl"));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Target));
        foreach (var file in Directory.EnumerateFiles(Target)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData("../outside.dll")]
    [InlineData("lib/../../outside.dll")]
    [InlineData("/tmp/outside.dll")]
    [InlineData("..\\outside.dll")]
    [InlineData("C:outside.dll")]
    [InlineData("lib//two.dll")]
    [InlineData("./here.dll")]
    [InlineData("trailing /x.dll")]
    [InlineData("line\nbreak.dll")]
    [InlineData("plugin.runtimeconfig.dev.json")]
    public void Unpack_PathThatMustNotBe_IsRefused(string path)
    {
        var refused = Assert.Throws<ProblemException>(() => PackageArchive.Unpack(Zip((path, "x", 0)), Target));

        Assert.Equal(ProblemCode.InvalidRequest, refused.Code);
        Assert.Empty(Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(Link)]
    [InlineData(Device)]
    public void Unpack_LinkOrDevice_IsRefused(int attributes)
    {
        var refused = Assert.Throws<ProblemException>(() => PackageArchive.Unpack(Zip(("plugin.dll", "/etc/passwd", attributes)), Target));

        Assert.Contains("link", refused.Message);
    }

    [Fact]
    public void Unpack_SameFileTwice_IsRefused() => Assert.Contains(
        "twice", Assert.Throws<ProblemException>(() => PackageArchive.Unpack(Zip(("a.dll", "x", 0), ("A.DLL", "y", 0)), Target)).Message);

    [Fact]
    public void Unpack_TooManyFiles_IsRefused()
    {
        var many = Zip([.. Enumerable.Range(0, 1001).Select(i => ($"{i}.dll", "", 0))]);

        Assert.Contains("1000 files", Assert.Throws<ProblemException>(() => PackageArchive.Unpack(many, Target)).Message);
    }

    [Fact]
    public void Unpack_Bomb_IsRefusedWhileItIsUnpacked()
    {
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var bomb = zip.CreateEntry("bomb.dll", CompressionLevel.Fastest).Open();
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 257; i++) bomb.Write(zeros);
        }

        Assert.Contains("256 MiB", Assert.Throws<ProblemException>(() => PackageArchive.Unpack(content.ToArray(), Target)).Message);
    }

    [Fact]
    public void Unpack_NoZip_IsRefused()
    {
        Assert.Contains("no zip", Assert.Throws<ProblemException>(() => PackageArchive.Unpack("this is no zip"u8.ToArray(), Target)).Message);
        Assert.Contains("64 MiB", Assert.Throws<ProblemException>(() => PackageArchive.Unpack(new byte[PackageArchive.MaxBytes + 1], Target)).Message);
        var cut = PackageArchive.Pack(PluginDirectory.Fixture("good"))[..^40];
        Assert.Throws<ProblemException>(() => PackageArchive.Unpack(cut, Target));
    }

    [Fact]
    public void Pack_FolderWithALink_IsRefused()
    {
        File.CreateSymbolicLink(Path.Combine(directory, "plugin.dll"), "/etc/passwd");

        Assert.Contains("link", Assert.Throws<ProblemException>(() => PackageArchive.Pack(directory)).Message);
    }

    [Theory]
    [InlineData("a.dll", "changed", "a.dll was changed")]
    [InlineData("new.dll", "new", "new.dll does not belong to it")]
    [InlineData(".hidden", "new", ".hidden does not belong to it")]
    [InlineData("a.dll", null, "a.dll is gone")]
    public void FindMismatch_OfWhatIsNotAsItWasLocked_SaysWhat(string file, string? text, string mismatch)
    {
        File.WriteAllText(Path.Combine(directory, "a.dll"), "a");
        var files = PackageLock.Of(directory);
        Assert.Null(files.FindMismatch(directory));

        if (text is null) File.Delete(Path.Combine(directory, file));
        else File.WriteAllText(Path.Combine(directory, file), text);

        Assert.Equal(mismatch, files.FindMismatch(directory));
    }

    [Fact]
    public void FindMismatch_LinkToTheSameContent_IsAChange()
    {
        File.WriteAllText(Path.Combine(directory, "a.dll"), "a");
        var files = PackageLock.Of(directory);

        File.Move(Path.Combine(directory, "a.dll"), directory + ".elsewhere");
        File.CreateSymbolicLink(Path.Combine(directory, "a.dll"), directory + ".elsewhere");

        Assert.Equal("a.dll was changed", files.FindMismatch(directory));
        File.Delete(directory + ".elsewhere");
    }

    private string Target => Path.Combine(directory, "target");

    private static byte[] Zip(params (string Path, string Text, int Attributes)[] entries)
    {
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, text, attributes) in entries)
            {
                var entry = zip.CreateEntry(path);
                entry.ExternalAttributes = attributes;
                using var writer = new StreamWriter(entry.Open());
                writer.Write(text);
            }
        }

        return content.ToArray();
    }
}
