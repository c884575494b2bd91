using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vaka.Plugins.Host.Integrations.Schema.Binding;

/// <summary>The serialiser's path as ours: <c>$.headers['X-Y']</c> becomes <c>headers.X-Y</c>.</summary>
internal static partial class SerializerPath
{
    public static string Of(JsonException? exception) =>
        exception?.Path is { } path ? QuotedName().Replace(path, ".$1").TrimStart('$').TrimStart('.') : "";

    [GeneratedRegex(@"\['(.*?)'\]")]
    private static partial Regex QuotedName();
}
