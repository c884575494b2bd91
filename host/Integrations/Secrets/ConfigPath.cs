using System.Text;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Places in a config, as member names from its root.</summary>
internal static class ConfigPath
{
    /// <summary>For people: <c>auth.token</c>.</summary>
    public static string Show(IEnumerable<string> segments) => string.Join('.', segments);

    /// <summary>What a ciphertext is bound to. The same as <see cref="Show"/> unless a map's key holds a dot, which must not make one
    /// place out of two.</summary>
    public static string Bind(IEnumerable<string> segments) =>
        string.Join('.', segments.Select(segment => segment.Replace("\\", "\\\\").Replace(".", "\\.")));

    /// <summary>The segments that <see cref="Bind"/> made a text of.</summary>
    public static string[] Parse(string bound)
    {
        var segments = new List<string>();
        var segment = new StringBuilder();
        for (var i = 0; i < bound.Length; i++)
        {
            if (bound[i] == '\\' && i + 1 < bound.Length) segment.Append(bound[++i]);
            else if (bound[i] != '.') segment.Append(bound[i]);
            else
            {
                segments.Add(segment.ToString());
                segment.Clear();
            }
        }

        return [.. segments, segment.ToString()];
    }

    /// <summary>The object that holds the last segment; <c>null</c>: a member on the way is not there or not an object.</summary>
    public static JsonObject? FindParent(JsonObject root, IReadOnlyList<string> segments)
    {
        var current = root;
        for (var i = 0; i < segments.Count - 1; i++)
        {
            if (current[segments[i]] is not JsonObject below) return null;
            current = below;
        }

        return current;
    }

    /// <summary>A copy without secrets. The objects that held them stay, so that what is sent back keeps them.</summary>
    public static JsonObject WithoutEnvelopes(JsonObject stored)
    {
        var open = stored.DeepClone().AsObject();
        foreach (var (segments, _) in FindEnvelopes(open)) FindParent(open, segments)?.Remove(segments[^1]);
        return open;
    }

    /// <summary>Every place where null stands.</summary>
    public static IEnumerable<string[]> FindNulls(JsonObject config, string[] path) => config.SelectMany(member => member.Value switch
    {
        null => [[.. path, member.Key]],
        JsonObject below => FindNulls(below, [.. path, member.Key]),
        _ => Enumerable.Empty<string[]>(),
    });

    public static bool StartsWith(this IReadOnlyList<string> segments, IReadOnlyList<string> prefix) =>
        prefix.Count <= segments.Count && prefix.SequenceEqual(segments.Take(prefix.Count), StringComparer.Ordinal);

    /// <summary>Every envelope of a stored config.</summary>
    public static IReadOnlyList<(string[] Segments, JsonObject Envelope)> FindEnvelopes(JsonObject stored)
    {
        var found = new List<(string[], JsonObject)>();
        Visit(stored, []);
        return found;

        void Visit(JsonObject parent, string[] path)
        {
            foreach (var (name, node) in parent)
            {
                if (node is not JsonObject below) continue;
                string[] segments = [.. path, name];
                if (SecretProtector.IsEnvelope(below)) found.Add((segments, below));
                else Visit(below, segments);
            }
        }
    }
}
