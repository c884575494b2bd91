using System.Text.Json;

namespace Vaka.Plugins.Teams.Cards;

/// <summary>Looks at a caller's card before it is sent: a workflow says 202 to anything, and shows nothing when the card is wrong.</summary>
internal sealed class CardCheck
{
    private const int MostErrors = 20;
    private readonly List<FieldError> errors = [];
    private readonly Dictionary<string, string> ids = new(StringComparer.Ordinal);
    private readonly List<string> texts = [];

    /// <summary>What is wrong, each with its path; empty: nothing.</summary>
    public static IReadOnlyList<FieldError> Run(JsonElement card, string path)
    {
        var check = new CardCheck();
        check.Root(card, path);
        return check.errors;
    }

    private void Root(JsonElement card, string path)
    {
        if (card.ValueKind is JsonValueKind.String)
        {
            Add(path, "Give the card as a JSON object, not as text.");
        }
        else if (card.ValueKind is JsonValueKind.Object && JsonText.Of(card, "type") is "message")
        {
            Add(path, "Give the card alone, not the message around it: what stands at attachments[0].content.");
        }
        else if (IsObject(card, path))
        {
            Version(card, path);
            Card(card, path);
            if (card.TryGetProperty("msteams", out var teams) && teams.ValueKind is JsonValueKind.Object) Mentions(teams, $"{path}.msteams");
        }
    }

    private void Version(JsonElement card, string path)
    {
        if (JsonText.Of(card, "version") is not { } version)
            Add($"{path}.version", "A card names its version: \"1.5\".");
        else if (version is not ("1.0" or "1.1" or "1.2" or "1.3" or "1.4" or "1.5"))
            Add($"{path}.version", "Teams shows versions 1.0 to 1.5: write \"1.5\".");
    }

    private void Card(JsonElement card, string path)
    {
        if (!IsObject(card, path)) return;
        if (JsonText.Of(card, "type") is not "AdaptiveCard") Add($"{path}.type", "The type of a card is \"AdaptiveCard\".");
        foreach (var member in CardKinds.Card) Member(card, member, path);
    }

    private void Kind(
        JsonElement value, string path, string what, IReadOnlyDictionary<string, CardMember[]> kinds, bool mayOmitType = false)
    {
        if (!IsObject(value, path)) return;
        var type = JsonText.Of(value, "type");
        var known = type is null && mayOmitType ? kinds.Values.First() : type is null ? null : kinds.GetValueOrDefault(type);
        var fallback = value.TryGetProperty("fallback", out var given) ? given : default;
        if (fallback.ValueKind is JsonValueKind.Object) Kind(fallback, $"{path}.fallback", what, kinds);
        if (known is null)
        {
            // What a newer version or Teams alone knows is welcome where it says what to show instead.
            if (type is not null && (fallback.ValueKind is JsonValueKind.Object || JsonText.Of(value, "fallback") is "drop")) return;
            Add($"{path}.type", type is null
                ? $"The {what} has no type. {Choices(kinds)}"
                : $"This is no {what} of Adaptive Cards 1.5. {Choices(kinds)} Or give it a fallback, which is shown where it is not "
                    + "known.");
            return;
        }

        Id(value, path);
        foreach (var member in known) Member(value, member, path);
        foreach (var member in CardKinds.Common) Member(value, member, path);
    }

    private void Member(JsonElement owner, CardMember member, string ownerPath)
    {
        var path = $"{ownerPath}.{member.Name}";
        if (!owner.TryGetProperty(member.Name, out var value) || value.ValueKind is JsonValueKind.Null)
        {
            if (member.IsRequired) Add(path, "This is required.");
            return;
        }

        switch (member.Value)
        {
            case CardValue.Text: Text(value, path); break;
            case CardValue.Flag: Expect(value.ValueKind is JsonValueKind.True or JsonValueKind.False, path, "This is true or false."); break;
            case CardValue.Number: Expect(value.ValueKind is JsonValueKind.Number, path, "This is a number."); break;
            case CardValue.Word:
                var isWord = JsonText.Of(value)?.ToLowerInvariant() is { } word && member.Words.Contains(word);
                Expect(isWord, path, $"This is one of {string.Join(", ", member.Words)}.");
                break;
            case CardValue.Address: Address(value, path); break;
            case CardValue.Object: IsObject(value, path); break;
            case CardValue.Objects: Each(value, path, (item, place) => IsObject(item, place)); break;
            case CardValue.Elements: Each(value, path, (item, place) => Kind(item, place, "element", CardKinds.Elements)); break;
            case CardValue.Actions: Each(value, path, (item, place) => Kind(item, place, "action", CardKinds.Actions)); break;
            case CardValue.Action: Kind(value, path, "action", CardKinds.Actions); break;
            case CardValue.Card: Card(value, path); break;
            case CardValue.Columns: Each(value, path, (item, place) => Kind(item, place, "column", CardKinds.Column, mayOmitType: true)); break;
            case CardValue.Images: Each(value, path, (item, place) => Kind(item, place, "image", CardKinds.Image, mayOmitType: true)); break;
            case CardValue.Rows: Each(value, path, (item, place) => Kind(item, place, "row", CardKinds.Row, mayOmitType: true)); break;
            case CardValue.Cells: Each(value, path, (item, place) => Kind(item, place, "cell", CardKinds.Cell, mayOmitType: true)); break;
            case CardValue.Inlines: Each(value, path, Inline); break;
            case CardValue.Pairs: Each(value, path, Pair); break;
            case CardValue.Sources: Each(value, path, Source); break;
            case CardValue.Targets: Each(value, path, Target); break;
        }
    }

    private void Inline(JsonElement value, string path)
    {
        if (value.ValueKind is JsonValueKind.String) Text(value, path);
        else Kind(value, path, "inline", CardKinds.Run);
    }

    private void Pair(JsonElement value, string path)
    {
        if (!IsObject(value, path)) return;
        Member(value, new("title", CardValue.Text, true), path);
        Member(value, new("value", CardValue.Text, true), path);
    }

    private void Source(JsonElement value, string path)
    {
        if (IsObject(value, path)) Member(value, new("url", CardValue.Address, true), path);
    }

    private void Target(JsonElement value, string path)
    {
        if (value.ValueKind is JsonValueKind.String) Text(value, path);
        else if (IsObject(value, path)) Member(value, new("elementId", CardValue.Text, true), path);
    }

    private void Mentions(JsonElement teams, string path)
    {
        if (!teams.TryGetProperty("entities", out var entities)) return;
        Each(entities, $"{path}.entities", (entity, place) =>
        {
            if (!IsObject(entity, place) || JsonText.Of(entity, "type") is not "mention") return;
            var text = JsonText.Of(entity, "text");
            if (text is null || !text.StartsWith("<at>", StringComparison.Ordinal) || !text.EndsWith("</at>", StringComparison.Ordinal))
                Add($"{place}.text", "The text of a mention is the name between <at> and </at>.");
            else if (!texts.Exists(shown => shown.Contains(text, StringComparison.Ordinal)))
                Add($"{place}.text", "No text of the card holds this mention. Write it, with <at> and </at>, where it is to be seen.");
            if (!entity.TryGetProperty("mentioned", out var mentioned))
                Add($"{place}.mentioned", "Say who is mentioned: {\"id\": user principal name or object id, \"name\": …}.");
            else if (IsObject(mentioned, $"{place}.mentioned"))
            {
                Member(mentioned, new("id", CardValue.Text, true), $"{place}.mentioned");
                Member(mentioned, new("name", CardValue.Text, true), $"{place}.mentioned");
            }
        });
    }

    private void Id(JsonElement value, string path)
    {
        if (!value.TryGetProperty("id", out var given) || given.ValueKind is JsonValueKind.Null) return;
        if (JsonText.Of(given) is not { } id) Add($"{path}.id", "An id is a text.");
        else if (id.Length > 0 && !ids.TryAdd(id, path)) Add($"{path}.id", $"The id is taken by {ids[id]}: ids are unique in a card.");
    }

    private void Text(JsonElement value, string path)
    {
        if (JsonText.Of(value) is { } text) texts.Add(text);
        else Add(path, "This is a text.");
    }

    private void Address(JsonElement value, string path) => Expect(
        Uri.TryCreate(JsonText.Of(value), UriKind.Absolute, out var uri) && uri.Scheme is not ("javascript" or "vbscript" or "file"),
        path,
        "This is a full address that begins with https://.");

    private void Each(JsonElement value, string path, Action<JsonElement, string> check)
    {
        if (value.ValueKind is not JsonValueKind.Array)
        {
            Add(path, "This is a list.");
            return;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (errors.Count >= MostErrors) return;
            check(item, $"{path}[{index++}]");
        }
    }

    private bool IsObject(JsonElement value, string path)
    {
        if (value.ValueKind is JsonValueKind.Object) return true;
        Add(path, "This is an object.");
        return false;
    }

    private void Expect(bool isGood, string path, string message)
    {
        if (!isGood) Add(path, message);
    }

    private void Add(string path, string message)
    {
        if (errors.Count < MostErrors) errors.Add(new(path, message));
    }

    private static string Choices(IReadOnlyDictionary<string, CardMember[]> kinds) => $"Use {string.Join(", ", kinds.Keys)}.";
}
