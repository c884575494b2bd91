using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Admin.Editing;

/// <summary>A place where two configs differ, as text for people. Neither side holds a stored secret; one that was typed is not shown.</summary>
public sealed record Difference(string Path, string One, string Other)
{
    private const string Absent = "not set";

    /// <summary>Every place that differs, in the order of the first.</summary>
    public static IReadOnlyList<Difference> Find(JsonObject one, JsonObject other, Func<string, bool>? isSecret = null)
    {
        var found = new List<Difference>();
        Compare(one, other, "", found, isSecret ?? (_ => false));
        return found;
    }

    private static void Compare(JsonObject one, JsonObject other, string prefix, List<Difference> found, Func<string, bool> isSecret)
    {
        foreach (var name in one.Select(member => member.Key).Union(other.Select(member => member.Key)))
        {
            var path = prefix + name;
            var (left, right) = (one[name], other[name]);
            if (left is JsonObject below && right is JsonObject beside) Compare(below, beside, path + ".", found, isSecret);
            else if (isSecret(path)) found.Add(new Difference(path, left is null ? "cleared" : "replaced", "as it is stored"));
            else if (!JsonNode.DeepEquals(left, right)) found.Add(new Difference(path, Text(left), Text(right)));
        }
    }

    private static string Text(JsonNode? node) => node switch
    {
        null => Absent,
        JsonValue value => value.ToString(),
        _ => node.ToJsonString(),
    };
}
