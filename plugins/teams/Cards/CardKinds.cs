namespace Vaka.Plugins.Teams.Cards;

/// <summary>What Adaptive Cards 1.5 knows: the kinds of elements and actions, and their members as far as they are checked.</summary>
/// <remarks>https://adaptivecards.io/explorer/</remarks>
internal static class CardKinds
{
    private static readonly CardMember[] OfInput =
        [new("id", CardValue.Text, true), new("label", CardValue.Text), new("isRequired", CardValue.Flag)];

    private static readonly CardMember[] OfAction = [new("title", CardValue.Text), new("iconUrl", CardValue.Text)];

    private static readonly CardMember[] OfText =
    [
        new("text", CardValue.Text, true), new("weight", CardValue.Word) { Words = ["lighter", "default", "bolder"] },
        new("size", CardValue.Word) { Words = ["small", "default", "medium", "large", "extralarge"] },
        new("color", CardValue.Word) { Words = ["default", "dark", "light", "accent", "good", "warning", "attention"] },
        new("fontType", CardValue.Word) { Words = ["default", "monospace"] }, new("isSubtle", CardValue.Flag),
    ];

    private static readonly CardMember SelectAction = new("selectAction", CardValue.Action);

    /// <summary>Members of every element.</summary>
    public static IReadOnlyList<CardMember> Common { get; } =
    [
        new("isVisible", CardValue.Flag), new("separator", CardValue.Flag),
        new("spacing", CardValue.Word) { Words = ["none", "small", "default", "medium", "large", "extralarge", "padding"] },
        new("horizontalAlignment", CardValue.Word) { Words = ["left", "center", "right"] },
    ];

    public static IReadOnlyDictionary<string, CardMember[]> Elements { get; } = new Dictionary<string, CardMember[]>(StringComparer.Ordinal)
    {
        ["TextBlock"] = [.. OfText, new("wrap", CardValue.Flag), new("maxLines", CardValue.Number)],
        ["RichTextBlock"] = [new("inlines", CardValue.Inlines, true)],
        ["Image"] = [new("url", CardValue.Address, true), new("altText", CardValue.Text), SelectAction],
        ["Media"] = [new("sources", CardValue.Sources, true), new("poster", CardValue.Text)],
        ["ImageSet"] = [new("images", CardValue.Images, true)],
        ["Container"] = [new("items", CardValue.Elements, true), SelectAction],
        ["ColumnSet"] = [new("columns", CardValue.Columns), SelectAction],
        ["FactSet"] = [new("facts", CardValue.Pairs, true)],
        ["ActionSet"] = [new("actions", CardValue.Actions, true)],
        ["Table"] = [new("columns", CardValue.Objects), new("rows", CardValue.Rows)],
        ["Input.Text"] = [.. OfInput, new("isMultiline", CardValue.Flag)],
        ["Input.Number"] = OfInput,
        ["Input.Date"] = OfInput,
        ["Input.Time"] = OfInput,
        ["Input.Toggle"] = [.. OfInput, new("title", CardValue.Text, true)],
        ["Input.ChoiceSet"] = [.. OfInput, new("choices", CardValue.Pairs), new("isMultiSelect", CardValue.Flag)],
    };

    public static IReadOnlyDictionary<string, CardMember[]> Actions { get; } = new Dictionary<string, CardMember[]>(StringComparer.Ordinal)
    {
        ["Action.OpenUrl"] = [.. OfAction, new("url", CardValue.Address, true)],
        ["Action.Submit"] = OfAction,
        ["Action.Execute"] = OfAction,
        ["Action.ShowCard"] = [.. OfAction, new("card", CardValue.Card, true)],
        ["Action.ToggleVisibility"] = [.. OfAction, new("targetElements", CardValue.Targets, true)],
    };

    public static IReadOnlyDictionary<string, CardMember[]> Column { get; } = Only("Column", new("items", CardValue.Elements), SelectAction);

    public static IReadOnlyDictionary<string, CardMember[]> Image { get; } = Only("Image", Elements["Image"]);

    public static IReadOnlyDictionary<string, CardMember[]> Row { get; } = Only("TableRow", new CardMember("cells", CardValue.Cells));

    public static IReadOnlyDictionary<string, CardMember[]> Cell { get; } = Only("TableCell", new CardMember("items", CardValue.Elements, true));

    public static IReadOnlyDictionary<string, CardMember[]> Run { get; } = Only("TextRun", [.. OfText, SelectAction]);

    public static CardMember[] Card { get; } =
    [
        new("body", CardValue.Elements), new("actions", CardValue.Actions), SelectAction, new("fallbackText", CardValue.Text),
        new("lang", CardValue.Text), new("speak", CardValue.Text), new("rtl", CardValue.Flag), new("msteams", CardValue.Object),
    ];

    private static Dictionary<string, CardMember[]> Only(string kind, params CardMember[] members) =>
        new(StringComparer.Ordinal) { [kind] = members };
}

/// <summary>One member of a kind.</summary>
internal sealed record CardMember(string Name, CardValue Value, bool IsRequired = false)
{
    /// <summary>The words of <see cref="CardValue.Word"/>, in lower case; their case does not matter.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}

/// <summary>What a member holds.</summary>
internal enum CardValue
{
    Text,
    Flag,
    Number,
    Word,
    Address,
    Object,
    Objects,
    Elements,
    Actions,
    Action,
    Card,
    Columns,
    Images,
    Rows,
    Cells,
    Inlines,
    Pairs,
    Sources,
    Targets,
}
