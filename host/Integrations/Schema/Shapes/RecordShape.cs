using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Binding;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>An object whose members are known.</summary>
internal sealed class RecordShape(Type type, IReadOnlyList<Member> members, IReadOnlyList<ValidationAttribute> rules) : Shape
{
    /// <summary>More members than anyone would fill in.</summary>
    public const int MaxMembers = 256;

    private readonly Member[] members = [.. members];

    public Type Type => type;

    public IReadOnlyList<Member> Members => members;

    /// <summary>Keywords beside those of the shape.</summary>
    public JsonObject Annotations { get; init; } = [];

    public override string Expected => "an object";

    public override bool HoldsSecrets { get; } = members.Any(member => member.Shape.HoldsSecrets);

    public override bool HasRules { get; } = rules.Count > 0
        || typeof(IValidatableObject).IsAssignableFrom(type)
        || members.Any(member => member.Rules.Count > 0 || member.Shape.HasRules);

    public override JsonObject Describe()
    {
        var schema = new JsonObject { ["type"] = "object" };
        foreach (var (keyword, value) in Annotations) schema[keyword] = value?.DeepClone();
        schema["properties"] = new JsonObject(members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)member.Describe())));
        var required = members.Where(member => member.IsRequired).Select(member => (JsonNode)member.Name).ToArray();
        if (required.Length > 0) schema["required"] = new JsonArray(required);
        schema["additionalProperties"] = false;
        return schema;
    }

    public override void Check(ref Walk walk)
    {
        if (!walk.Enter(JsonTokenType.StartObject, Expected)) return;
        Span<bool> given = stackalloc bool[members.Length];
        given.Clear();
        var next = 0;
        while (walk.Reader.Read() && walk.Token != JsonTokenType.EndObject)
        {
            var index = Find(ref walk.Reader, next);
            if (index < 0)
            {
                PassUnknown(ref walk);
                continue;
            }

            walk.Push(PathPart.Member(members[index].Name));
            walk.Reader.Read();
            if (!given[index]) CheckMember(ref walk, members[index]);
            else
            {
                walk.Fail("Given twice. Give it once.");
                walk.Skip();
            }

            walk.Pop();
            given[index] = true;
            next = index + 1;
        }

        for (var i = 0; i < members.Length; i++)
        {
            if (!given[i] && members[i].IsRequired)
                walk.Fail(PathPart.Member(members[i].Name), $"Missing. Give {members[i].Shape.Expected}.");
        }
    }

    public override void CheckRules(object value, string path, List<FieldError> errors)
    {
        var before = errors.Count;
        foreach (var member in members)
        {
            if (member.Get?.Invoke(value) is not { } below) continue;
            var memberPath = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            OwnRules.Check(member.Rules, below, value, member.PropertyName, member.Title, memberPath, errors);
            if (member.Shape.HasRules) member.Shape.CheckRules(below, memberPath, errors);
        }

        OwnRules.Check(rules, value, value, "", type.Name, path, errors);
        if (errors.Count == before && value is IValidatableObject self) OwnRules.CheckSelf(self, members, path, errors);
    }

    public override void FindSecrets(JsonNode? node, SecretSearch search)
    {
        if (!HoldsSecrets || node is not (null or JsonObject)) return;
        foreach (var member in members)
        {
            if (!member.Shape.HoldsSecrets) continue;
            var isGiven = (node as JsonObject ?? []).TryGetPropertyValue(member.Name, out var value);
            search.Enter(member.Name);
            member.Shape.FindSecrets(isGiven ? value : member.Default, search);
            search.Leave();
        }
    }

    public override void Mask(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Hide(ref reader, writer);
            return;
        }

        writer.WriteStartObject();
        for (var next = 0; reader.Read() && reader.TokenType != JsonTokenType.EndObject;)
        {
            var index = Find(ref reader, next);
            JsonCopy.Token(ref reader, writer);
            reader.Read();
            if (index >= 0 && !members[index].IsSensitive) members[index].Shape.Mask(ref reader, writer);
            else Hide(ref reader, writer);
            next = index + 1;
        }

        writer.WriteEndObject();
    }

    public override IEnumerable<Shape> Below(string name) => MemberOrNull(name) is { } member ? [member.Shape] : [];

    public override JsonNode? Effective(JsonNode? node, ReadOnlySpan<string> path)
    {
        if (node is not JsonObject given) return null;
        if (!path.IsEmpty)
        {
            return MemberOrNull(path[0]) is not { } member ? null
                : member.Shape.Effective(given.TryGetPropertyValue(member.Name, out var value) ? value : member.Default, path[1..]);
        }

        if (!HoldsSecrets) return given;
        var open = members
            .Where(member => given.ContainsKey(member.Name) && member.Shape is not SecretShape)
            .Select(member => KeyValuePair.Create(member.Name, member.Shape.Effective(given[member.Name], [])?.DeepClone()));
        return new JsonObject(open);
    }

    private static void CheckMember(ref Walk walk, Member member)
    {
        if (member.IsSensitive) walk.EnterSensitive();
        member.Slot.Check(ref walk, isOptional: !member.IsRequired);
        if (member.IsSensitive) walk.LeaveSensitive();
    }

    private void PassUnknown(ref Walk walk)
    {
        var name = PathPart.Shown(walk.Reader.ValueSpan);
        var meant = Nearest.To(name, members.Select(member => member.Name));
        walk.PushKey();
        walk.Fail(meant is null ? "Not known here. Remove it." : $"Not known here. Did you mean {meant}?");
        walk.Reader.Read();
        walk.Skip();
        walk.Pop();
    }

    // Members mostly come in the order of their declaration.
    private int Find(ref Utf8JsonReader reader, int next)
    {
        for (var i = 0; i < members.Length; i++)
        {
            var index = (next + i) % members.Length;
            if (JsonText.IsAt(ref reader, members[index].Utf8Name)) return index;
        }

        return -1;
    }

    private Member? MemberOrNull(string name) => Array.Find(members, member => string.Equals(member.Name, name, StringComparison.Ordinal));
}
