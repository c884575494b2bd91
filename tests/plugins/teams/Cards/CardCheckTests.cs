using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Teams.Cards;

namespace Vaka.Plugins.Teams.Tests.Cards;

public sealed class CardCheckTests
{
    private const string Everything =
        """
        {"type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "version": "1.5", "lang": "en", "fallbackText": "f", "body": [
          {"type": "TextBlock", "text": "Hi <at>Ann</at>", "weight": "Bolder", "size": "ExtraLarge", "color": "Good", "wrap": true, "id": "t", "spacing": "ExtraLarge"},
          {"type": "RichTextBlock", "inlines": ["plain", {"type": "TextRun", "text": "b", "selectAction": {"type": "Action.OpenUrl", "url": "https://a.example"}}]},
          {"type": "Image", "url": "https://a.example/i.png", "altText": "i"},
          {"type": "Media", "sources": [{"mimeType": "video/mp4", "url": "https://a.example/v.mp4"}]},
          {"type": "ImageSet", "images": [{"type": "Image", "url": "https://a.example/i.png"}]},
          {"type": "Container", "items": [{"type": "TextBlock", "text": "in"}], "style": "emphasis"},
          {"type": "ColumnSet", "columns": [{"type": "Column", "width": "auto", "items": [{"type": "TextBlock", "text": "c"}]}]},
          {"type": "FactSet", "facts": [{"title": "a", "value": "b"}]},
          {"type": "ActionSet", "actions": [{"type": "Action.ToggleVisibility", "title": "t", "targetElements": ["t", {"elementId": "t", "isVisible": true}]}]},
          {"type": "Table", "columns": [{"width": 1}], "rows": [{"type": "TableRow", "cells": [{"type": "TableCell", "items": [{"type": "TextBlock", "text": "x"}]}]}]},
          {"type": "Input.Text", "id": "i1", "label": "L"}, {"type": "Input.Number", "id": "i2", "label": "L"}, {"type": "Input.Date", "id": "i3", "label": "L"},
          {"type": "Input.Time", "id": "i4", "label": "L"}, {"type": "Input.Toggle", "id": "i5", "title": "T", "label": "L"},
          {"type": "Input.ChoiceSet", "id": "i6", "label": "L", "choices": [{"title": "a", "value": "1"}]}],
         "actions": [
          {"type": "Action.Submit", "title": "s", "data": {"x": 1}}, {"type": "Action.Execute", "title": "e", "verb": "v"},
          {"type": "Action.ShowCard", "title": "c", "card": {"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": "inner"}]}}],
         "msteams": {"width": "Full", "entities": [{"type": "mention", "text": "<at>Ann</at>", "mentioned": {"id": "ann@contoso.com", "name": "Ann"}}]}}
        """;

    /// <summary>Faults that Microsoft's parser finds too.</summary>
    public static TheoryData<string, string> SharedFaults() => new()
    {
        { Body("""{"type": "TextBlok", "text": "x"}"""), "card.body[0].type" },
        { Body("""{"text": "x"}"""), "card.body[0].type" },
        { Body("""{"type": "TextBlock", "text": "x", "weight": "heavy"}"""), "card.body[0].weight" },
        { Body("""{"type": "TextBlock", "text": "x", "spacing": "huge"}"""), "card.body[0].spacing" },
        { Body("""{"type": "Input.Text"}"""), "card.body[0].id" },
        { Body("""{"type": "Input.Text", "id": "a", "label": "l"}, {"type": "Input.Text", "id": "a", "label": "l"}"""), "card.body[1].id" },
        { Body("""{"type": "ActionSet", "actions": [{"type": "Action.Open", "title": "x"}]}"""), "card.body[0].actions[0].type" },
        { Actions("""{"type": "Action.OpenUrl", "title": "x"}"""), "card.actions[0].url" },
        { Actions("""{"type": "Action.ShowCard", "title": "x"}"""), "card.actions[0].card" },
        { Body("""{"type": "Container", "items": [{"type": "ColumnSet", "columns": [{"type": "Column", "items": [{"type": "Imag", "url": "https://a.example"}]}]}]}"""),
            "card.body[0].items[0].columns[0].items[0].type" },
        { """{"type": "AdaptiveCard", "version": "1.5", "actions": [{"type": "Action.ShowCard", "card": {"type": "AdaptiveCard", "body": [{"type": "Nope"}]}}]}""",
            "card.actions[0].card.body[0].type" },
    };

    /// <summary>Faults that Teams stumbles over and that the parser passes over.</summary>
    public static TheoryData<string, string> OwnFaults() => new()
    {
        { "\"{}\"", "card" },
        { "[]", "card" },
        { "null", "card" },
        { """{"type": "message", "attachments": []}""", "card" },
        { """{"type": "AdaptiveCard", "body": []}""", "card.version" },
        { """{"type": "AdaptiveCard", "version": "1.6"}""", "card.version" },
        { """{"type": "AdaptiveCard", "version": 1.5}""", "card.version" },
        { """{"type": "Card", "version": "1.5"}""", "card.type" },
        { """{"type": "AdaptiveCard", "version": "1.5", "body": {}}""", "card.body" },
        { Body("\"text\""), "card.body[0]" },
        { Body("""{"type": "TextBlock"}"""), "card.body[0].text" },
        { Body("""{"type": "TextBlock", "text": 7}"""), "card.body[0].text" },
        { Body("""{"type": "TextBlock", "text": "x", "wrap": "yes"}"""), "card.body[0].wrap" },
        { Body("""{"type": "TextBlock", "text": "\ud800"}"""), "card.body[0].text" },
        { Body("""{"type": "Image"}"""), "card.body[0].url" },
        { Body("""{"type": "Image", "url": "i.png"}"""), "card.body[0].url" },
        { Body("""{"type": "FactSet", "facts": [{"title": "a"}]}"""), "card.body[0].facts[0].value" },
        { Body("""{"type": "Input.Toggle", "id": "a"}"""), "card.body[0].title" },
        { Body("""{"type": "Media", "sources": [{}]}"""), "card.body[0].sources[0].url" },
        { Body("""{"type": "RichTextBlock", "inlines": [{"type": "TextRun"}]}"""), "card.body[0].inlines[0].text" },
        { Body("""{"type": "Table", "rows": [{"type": "TableRow", "cells": [{"type": "TableCell"}]}]}"""), "card.body[0].rows[0].cells[0].items" },
        { Actions("""{"type": "Action.OpenUrl", "url": "javascript:alert(1)"}"""), "card.actions[0].url" },
        { Mention("""{"type": "mention", "text": "<at>Bob</at>", "mentioned": {"id": "b", "name": "Bob"}}"""), "card.msteams.entities[0].text" },
        { Mention("""{"type": "mention", "text": "Ann", "mentioned": {"id": "b", "name": "Bob"}}"""), "card.msteams.entities[0].text" },
        { Mention("""{"type": "mention", "text": "<at>Ann</at>"}"""), "card.msteams.entities[0].mentioned" },
        { Mention("""{"type": "mention", "text": "<at>Ann</at>", "mentioned": {"name": "Ann"}}"""), "card.msteams.entities[0].mentioned.id" },
    };

    [Theory]
    [MemberData(nameof(SharedFaults))]
    [MemberData(nameof(OwnFaults))]
    public void Run_Fault_IsNamedByItsPath(string card, string path)
    {
        var errors = CardCheck.Run(JsonDocument.Parse(card).RootElement, "card");

        Assert.Equal([path], errors.Select(error => error.Path));
    }

    [Fact]
    public async Task Run_Fault_IsOneToMicrosoftToo()
    {
        var faults = SharedFaults().Select(row => row.Data.Item1).ToList();

        var findings = await CardPeer.CheckAsync(faults.Select(card => JsonNode.Parse(card)));

        Assert.Empty(faults.Zip(findings).Where(pair => pair.Second.Count is 0).Select(pair => pair.First));
    }

    [Fact]
    public async Task Run_EveryKind_IsGoodToUsAndToMicrosoft()
    {
        Assert.Empty(CardCheck.Run(JsonDocument.Parse(Everything).RootElement, "card"));

        Assert.Empty((await CardPeer.CheckAsync([JsonNode.Parse(Everything)])).Single());
    }

    [Theory]
    [InlineData("""{"type": "CodeBlock", "codeSnippet": "x", "language": "Bash", "fallback": {"type": "TextBlock", "text": "x"}}""")]
    [InlineData("""{"type": "Chart.Donut", "fallback": "drop"}""")]
    public void Run_KindOfTeamsAlone_PassesWithAFallback(string element) =>
        Assert.Empty(CardCheck.Run(JsonDocument.Parse(Body(element)).RootElement, "card"));

    [Fact]
    public void Run_BadFallback_IsNamed() => Assert.Equal(
        "card.body[0].fallback.text",
        CardCheck.Run(JsonDocument.Parse(Body("""{"type": "CodeBlock", "fallback": {"type": "TextBlock"}}""")).RootElement, "card").Single().Path);

    [Fact]
    public void Run_AThousandFaults_TellsTwenty()
    {
        var card = Body(string.Join(',', Enumerable.Repeat("""{"type": "Nope"}""", 1000)));

        Assert.Equal(20, CardCheck.Run(JsonDocument.Parse(card).RootElement, "card").Count);
    }

    [Fact]
    public void Of_HalfACharacterInAnUnknownMember_IsRefused()
    {
        using var card = JsonDocument.Parse("""{"type": "AdaptiveCard", "version": "1.5", "body": [], "x": "\udc00"}""");

        Assert.Equal("card", Assert.Throws<IntegrationException>(() => Card.Of(card.RootElement, "card")).Errors.Single().Path);
    }

    [Fact]
    public void Of_CardThatGrowsWithItsQuotes_IsMeasuredAsTeamsDoes()
    {
        // 24 KB as JSON; kept as text inside a message it is more than 28 KB, and the workflow's run would fail after its 202.
        var columns = string.Join(',', Enumerable.Repeat("""{"type": "TextBlock", "text": "123456789"}""", 620));
        using var card = JsonDocument.Parse(Body(columns).Replace(": ", ":", StringComparison.Ordinal));
        Assert.InRange(card.RootElement.GetRawText().Length, 20_000, 26_000);

        var failure = Assert.Throws<IntegrationException>(() => Card.Of(card.RootElement, "card"));

        Assert.Equal(("card", Effect.None), (failure.Errors.Single().Path, failure.Effect));
    }

    private static string Body(string elements) => $$"""{"type": "AdaptiveCard", "version": "1.5", "body": [{{elements}}]}""";

    private static string Actions(string actions) => $$"""{"type": "AdaptiveCard", "version": "1.5", "actions": [{{actions}}]}""";

    private static string Mention(string entity) =>
        $$"""{"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Hi <at>Ann</at>"}], "msteams": {"entities": [{{entity}}] } }""";
}
