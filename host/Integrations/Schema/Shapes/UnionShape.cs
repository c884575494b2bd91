using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>One of several records; a member of the object, wherever it stands, says which.</summary>
internal sealed class UnionShape : Shape
{
    private readonly string discriminator;
    private readonly RecordShape[] branches;
    private readonly ChoiceShape choice;
    private readonly ChoiceShape[] choices;

    /// <param name="discriminator">Name of the member.</param>
    /// <param name="branches">Each has the discriminator as its first member, a constant.</param>
    public UnionShape(string discriminator, IReadOnlyList<RecordShape> branches)
    {
        this.discriminator = discriminator;
        this.branches = [.. branches];
        choices = [.. branches.Select(branch => (ChoiceShape)branch.Members[0].Shape)];
        choice = new ChoiceShape([.. choices.SelectMany(constant => constant.Names)], new Dictionary<string, string>());
        HoldsSecrets = branches.Any(branch => branch.HoldsSecrets);
        HasRules = branches.Any(branch => branch.HasRules);
    }

    public override string Expected => "an object";

    public override bool HoldsSecrets { get; }

    public override bool HasRules { get; }

    public override JsonObject Describe() =>
        new() { ["type"] = "object", ["oneOf"] = new JsonArray([.. branches.Select(branch => (JsonNode)branch.Describe())]) };

    public override void Check(ref Walk walk)
    {
        if (!walk.Enter(JsonTokenType.StartObject, Expected)) return;
        var ahead = walk;
        while (ahead.Reader.Read() && ahead.Token != JsonTokenType.EndObject)
        {
            var found = JsonText.IsAt(ref ahead.Reader, discriminator);
            ahead.Reader.Read();
            if (!found)
            {
                ahead.Skip();
                continue;
            }

            if (BranchOf(ref ahead.Reader) is { } branch)
            {
                branch.Check(ref walk);
                return;
            }

            ahead.Push(PathPart.Member(discriminator));
            choice.Check(ref ahead);
            walk.Skip();
            return;
        }

        walk.Fail(PathPart.Member(discriminator), $"Missing. Give {choice.Expected}.");
        walk.Skip();
    }

    public override void CheckRules(object value, string path, List<FieldError> errors) =>
        Array.Find(branches, branch => branch.Type == value.GetType())?.CheckRules(value, path, errors);

    public override void FindSecrets(JsonNode? node, SecretSearch search) => BranchOf(node)?.FindSecrets(node, search);

    public override void Mask(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Hide(ref reader, writer);
            return;
        }

        if (BranchAhead(reader) is { } branch)
        {
            branch.Mask(ref reader, writer);
            return;
        }

        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            JsonCopy.Token(ref reader, writer);
            reader.Read();
            Hide(ref reader, writer);
        }

        writer.WriteEndObject();
    }

    public override IEnumerable<Shape> Below(string name) => branches.SelectMany(branch => branch.Below(name));

    public override JsonNode? Effective(JsonNode? node, ReadOnlySpan<string> path) => BranchOf(node)?.Effective(node, path);

    // The reader is a copy: the one that was handed in stays where it is.
    private RecordShape? BranchAhead(Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var found = JsonText.IsAt(ref reader, discriminator);
            reader.Read();
            if (found) return BranchOf(ref reader);
            reader.Skip();
        }

        return null;
    }

    private RecordShape? BranchOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String) return null;
        for (var i = 0; i < branches.Length; i++)
        {
            if (JsonText.IsAt(ref reader, choices[i].Names[0])) return branches[i];
        }

        return null;
    }

    private RecordShape? BranchOf(JsonNode? node) =>
        node is JsonObject given && given.TryGetPropertyValue(discriminator, out var value)
            && value is JsonValue text && text.TryGetValue<string>(out var name)
            ? Array.Find(branches, branch => ((ChoiceShape)branch.Members[0].Shape).Names[0] == name)
            : null;
}
