using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>One of a few names: an enum, or with a single name the discriminator of a branch.</summary>
internal sealed class ChoiceShape(IReadOnlyList<string> names, IReadOnlyDictionary<string, string> labels) : Shape
{
    private readonly byte[][] utf8Names = [.. names.Select(Encoding.UTF8.GetBytes)];

    public IReadOnlyList<string> Names => names;

    public override string Expected => names.Count == 1 ? $"\"{names[0]}\"" : "one of: " + string.Join(", ", names);

    /// <summary>Whether it is told as <c>const</c>.</summary>
    public bool IsConstant { get; init; }

    public override JsonObject Describe()
    {
        if (IsConstant) return new JsonObject { ["type"] = "string", ["const"] = names[0] };
        var schema = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) };
        if (labels.Count == 0) return schema;
        schema["x-labels"] = new JsonObject(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value)));
        return schema;
    }

    public override void Check(ref Walk walk)
    {
        if (!walk.ExpectText(Expected)) return;
        foreach (var name in utf8Names)
        {
            if (JsonText.IsAt(ref walk.Reader, name)) return;
        }

        walk.Fail($"{walk.Quote()} is not known here. Give {Expected}.");
    }
}
