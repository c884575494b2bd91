using System.Reflection;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Plugins.Loading;

namespace Vaka.Plugins.Host.Tests.Plugins.Loading;

public class BlameTests
{
    [Fact]
    public void For_MissingAssembly_NamesIt()
    {
        var failure = Assert.Throws<ProviderCheckException>(() => Blame.For<int>(
            "its descriptor", () => throw new FileNotFoundException("hunter2", "Acme, Version=1.0.0.0, Culture=neutral")));

        Assert.Equal(
            "It needs the assembly 'Acme, Version=1.0.0.0, Culture=neutral', which is not in its folder and not in the host: "
            + "copy the plugin's whole build output.",
            failure.Message);
    }

    [Fact]
    public void For_MissingFile_DoesNotNameIt()
    {
        var failure = Assert.Throws<ProviderCheckException>(
            () => Blame.For<int>("its descriptor", () => throw new FileNotFoundException("hunter2", "/srv/hunter2.txt")));

        Assert.Equal("It failed in its descriptor (FileNotFoundException). The host's log has the details.", failure.Message);
    }

    [Fact]
    public void For_MissingMethod_AsksForARebuild()
    {
        var failure = Assert.Throws<ProviderCheckException>(() => Blame.For<int>("ConfigureServices", () => throw new MissingMethodException("hunter2")));

        Assert.StartsWith("It does not fit the assemblies that it was loaded with (MissingMethodException in ConfigureServices)", failure.Message);
    }

    [Fact]
    public void For_ThrownThroughReflection_BlamesTheCause()
    {
        var cause = new FormatException("hunter2");

        var failure = Assert.Throws<ProviderCheckException>(() => Blame.For<int>("the constructor", () => throw new TargetInvocationException(cause)));

        Assert.Contains("(FormatException)", failure.Message);
        Assert.DoesNotContain("hunter2", failure.Message);
        Assert.Same(cause, failure.InnerException);
    }
}
