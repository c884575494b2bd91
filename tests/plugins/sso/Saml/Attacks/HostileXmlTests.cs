using System.IO.Compression;
using System.Text;
using Vaka.Plugins.Sso.Saml;
using Vaka.Plugins.Sso.Saml.Xml;
using Vaka.Plugins.Sso.Tests.Saml.Minting;

namespace Vaka.Plugins.Sso.Tests.Saml.Attacks;

/// <summary>What is sent to cost: refused before it does.</summary>
public sealed class HostileXmlTests
{
    private const long MostMemory = 16 * 1024 * 1024;

    public static TheoryData<string> Cases => [.. HostileDocuments.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Response_Hostile_RefusedWithLittleMemory(string name)
    {
        await using var login = new SamlLogin();
        await login.RefusedAsync(new ResponseBuilder { Signed = Signed.None });
        var field = Convert.ToBase64String(Encoding.UTF8.GetBytes(HostileDocuments.All[name]()));
        var before = GC.GetAllocatedBytesForCurrentThread();
        await login.RefusedAsync(() => login.CompleteFieldAsync(field));
        var used = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(used < MostMemory, $"{name} took {used / 1024} KiB.");
    }

    [Fact]
    public void Inflate_Bomb_RefusedWithLittleMemory()
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) deflate.Write(new byte[100 * 1024 * 1024]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<SamlRefusedException>(() => SamlEncoding.Inflate(packed.ToArray(), "encoding"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostMemory);
    }

    [Fact]
    public void Inflate_Message_Unpacked()
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write("<a/>"u8);
        Assert.Equal("<a/>"u8, SamlEncoding.Inflate(packed.ToArray(), "encoding"));
        Assert.Throws<SamlRefusedException>(() => SamlEncoding.Inflate(new byte[] { 0xFF, 0xFF, 0xFF }, "encoding"));
    }
}
