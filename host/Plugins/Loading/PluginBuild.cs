using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Vaka.Plugins.Host.Plugins.Loading;

/// <summary>Names exactly what was put to the checks, and who checked it: when any of that changes, so does the name.</summary>
internal static class PluginBuild
{
    /// <summary>The build that lies in <paramref name="folder"/>. No file is read: its place, length and time tell it, and the compiler's own
    /// id of the code where all files have the same time, as images may.</summary>
    public static string Of(string folder, IEnumerable<AssemblyFacts> assemblies, string judge)
    {
        var text = new StringBuilder(judge);
        foreach (var assembly in assemblies) Append(text, assembly.FileName, assembly.Module);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal))
        {
            // What a link leads to may change while the link does not.
            var content = file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!; // a link
            Append(text, Path.GetRelativePath(folder, file.FullName), content.Exists ? content.Length : -1, content.LastWriteTimeUtc.Ticks);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Who checks: this build of the host, its contract, the runtime below them, and the checks themselves.</summary>
    public static string Judge(IEnumerable<IProviderCheck> checks)
    {
        var text = new StringBuilder();
        Append(text, typeof(PluginBuild).Module.ModuleVersionId, typeof(IIntegrationProvider).Module.ModuleVersionId, RuntimeInformation.FrameworkDescription);
        foreach (var check in checks) Append(text, check.GetType().FullName!); // a class that can be made
        return text.ToString();
    }

    // No file's name holds a zero.
    private static void Append(StringBuilder text, params ReadOnlySpan<object> parts)
    {
        foreach (var part in parts) text.Append(CultureInfo.InvariantCulture, $"{part}\0");
    }
}
