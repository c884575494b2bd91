using System.ComponentModel;
using System.Diagnostics;

namespace Vaka.Plugins.EndToEnd.Tests.Contract;

/// <summary>A command line tool from npm.</summary>
internal static class NodeTool
{
    /// <summary>Starts it; skips the test where it is not installed.</summary>
    public static Process Start(string package, params string[] arguments)
    {
        var modules = Environment.GetEnvironmentVariable("VAKA_TEST_NODE_MODULES") ?? "";
        var program = Path.Combine(modules, package, "dist", "index.js");
        Assert.SkipUnless(File.Exists(program), $"contract: VAKA_TEST_NODE_MODULES does not hold {package}");
        var start = new ProcessStartInfo("node", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        }
        catch (Win32Exception)
        {
            Assert.Skip("contract: node is not installed");
            throw;
        }
    }
}
