using System.Reflection;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Tests.Plugins;

public class PluginIconTests
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0];

    [Fact]
    public void Read_NoIcon_IsNull() => Assert.Null(PluginIcon.Read(new Resource([]), null));

    [Fact]
    public void Read_Png_IsPng() => Assert.Equal("image/png", PluginIcon.Read(new Resource(Png), "icon")!.ContentType);

    [Fact]
    public void Read_Svg_IsSvg()
    {
        var bytes = "\uFEFF<?xml version=\"1.0\"?><!-- it --><svg xmlns=\"http://www.w3.org/2000/svg\"/>"u8.ToArray();

        var icon = PluginIcon.Read(new Resource(bytes), "icon")!;

        Assert.Equal("image/svg+xml", icon.ContentType);
        Assert.Equal(bytes, icon.Bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GIF89a")]
    [InlineData("<html><svg/></html>")]
    [InlineData("<svg/>")]
    [InlineData("<!DOCTYPE svg [<!ENTITY a \"b\">]><svg xmlns=\"http://www.w3.org/2000/svg\">&a;</svg>")]
    public void Read_SomethingElse_IsRefused(string text) =>
        Assert.Equal("Icon 'icon' is neither an SVG nor a PNG.", Refused(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Read_TooLarge_IsRefused()
    {
        Assert.Equal("image/png", PluginIcon.Read(new Resource([.. Png, .. new byte[PluginIcon.MaxBytes - Png.Length]]), "icon")!.ContentType);
        Assert.Equal("Icon 'icon' has 65537 bytes; 65536 is the most.", Refused(new byte[PluginIcon.MaxBytes + 1]));
    }

    [Fact]
    public void Read_NoSuchResource_NamesThoseThatAre() =>
        Assert.Equal(
            "Icon 'logo' is not an embedded resource of Acme; it has: icon.",
            Assert.Throws<ProviderCheckException>(() => PluginIcon.Read(new Resource(Png), "logo")).Message);

    private static string Refused(byte[] bytes) => Assert.Throws<ProviderCheckException>(() => PluginIcon.Read(new Resource(bytes), "icon")).Message;

    private sealed class Resource(byte[] bytes) : Assembly
    {
        public override Stream? GetManifestResourceStream(string name) => name == "icon" ? new MemoryStream(bytes) : null;

        public override string[] GetManifestResourceNames() => ["icon"];

        public override AssemblyName GetName() => new("Acme");
    }
}
