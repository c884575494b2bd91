using System.Text;
using System.Text.Json;
using Xunit.Sdk;

namespace Vaka.Plugins.EndToEnd.Tests.Secrets;

public class CanaryTests
{
    private readonly Canary canary = new();

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abc")]
    public void AssertNotIn_AnyForm_Finds(string before)
    {
        var bytes = Encoding.UTF8.GetBytes($"{before}{canary.Awkward}, and more");
        foreach (var form in new[]
        {
            Encoding.UTF8.GetString(bytes), Convert.ToBase64String(bytes), Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_'),
            Uri.EscapeDataString(Encoding.UTF8.GetString(bytes)), JsonSerializer.Serialize(Encoding.UTF8.GetString(bytes)), Convert.ToHexString(bytes),
            Convert.ToHexStringLower(bytes), Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(bytes))),
        })
        {
            Assert.ThrowsAny<XunitException>(() => canary.AssertNotIn("It", $"before{form}after"));
        }

        canary.AssertNotIn("Another one", new Canary().Awkward);
    }
}
