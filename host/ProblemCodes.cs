using System.Collections.Frozen;
using System.Text.Json;

namespace Vaka.Plugins.Host;

/// <summary>The names of the error codes as they stand on the wire.</summary>
internal static class ProblemCodes
{
    private static readonly FrozenDictionary<ProblemCode, string> Names =
        Enum.GetValues<ProblemCode>().ToFrozenDictionary(code => code, code => JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString()));

    public static string Name(ProblemCode code) => Names[code];
}
