using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Vaka.Plugins.Teams.Actions;
using Vaka.Plugins.Teams.Cards;

namespace Vaka.Plugins.Teams.Tests.Cards;

public sealed class MessageCardTests
{
    // Pieces of Markdown, good and broken, so that generated texts hold every construct and every collision of them.
    private static readonly string[] Pieces =
    [
        "# Heading", "###### deep #", "#", "**bold**", "_it_", "snake_case_name", "- item", "  - nested", "1. one", "2) two", "- [ ] open", "- [x] done", "* star",
        "> quote", "> > deeper", ">", "```", "```js", "~~~", "    indented", "---", "***", "| a | b |", "|---|:-:|", "| 1 | 2 | 3 |", "|", "-|-", "[link](https://example.com/a_b)",
        "[bad](javascript:alert(1))", "[x](", "![alt](https://example.com/i.png)", "![](data:x)", "<https://example.com>", "<b>html</b>", "<at>Ann</at>", "{{DATE(2026-01-01T00:00:00Z)}}",
        "`code`", "\\*", "\t", " ", "", "\"quotes\"", "emoji \U0001F600", "Grüße", "日本語", "\u0001", "\u2028", "word word word", "{\"json\": 1}", "</script>",
    ];

    private static readonly Gen<string> Markdown =
        Gen.Select(AnyOf(Pieces), AnyOf("\n", "\n\n", " ", "\r\n", "")).Select((piece, end) => piece + end).Array[1, 25].Select(string.Concat)
            .Where(text => !string.IsNullOrWhiteSpace(text));

    private static readonly Gen<PostMessageInput> Messages = Gen.Select(Markdown, AnyOf(Pieces), Gen.Int[0, 3], AnyOf("default", "good", "attention"))
        .Select((text, title, count, style) => new PostMessageInput
        {
            Text = text,
            Title = count is 0 || title.Length is 0 ? null : title,
            Style = style,
            Facts = [.. Enumerable.Range(0, count).Select(_ => new MessageFact { Title = "Name", Value = title })],
            Buttons = [.. Enumerable.Range(0, count).Select(index => new MessageButton { Title = "Open", Url = $"https://example.com/{index}" })],
        });

    [Fact]
    public void Of_AnyMarkdown_PassesOurOwnCheck() => Messages.Sample(
        message => CardCheck.Run(System.Text.Json.JsonDocument.Parse(MessageCard.Of(message).Json).RootElement, "card") is { Count: 0 }, iter: Times(2000));

    [Fact]
    public async Task Of_AnyMarkdown_IsACardToMicrosoft()
    {
        List<(string Text, JsonNode? Card)> made = [];
        Messages.Sample(message => { lock (made) made.Add((message.Text, Parse(MessageCard.Of(message)))); }, iter: Times(1000));

        var findings = await CardPeer.CheckAsync(made.Select(message => message.Card));

        Assert.Equal(made.Count, findings.Count);
        Assert.Empty(made.Zip(findings).Where(pair => pair.Second.Count > 0).Select(pair => $"{string.Join("; ", pair.Second)} in {pair.First.Text}").Take(3));
    }

    [Fact]
    public void Of_EverythingGiven_IsThisCard()
    {
        var card = Parse(MessageCard.Of(new PostMessageInput
        {
            Text = "All **good**",
            Title = "snake_case * title",
            Style = "good",
            Facts = [new MessageFact { Title = "Branch", Value = "main" }],
            Buttons = [new MessageButton { Title = "Log", Url = "https://ci.example.com/42?a=1&b=2" }],
        }));

        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse(
                    """
                    {"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.5",
                     "fallbackText": "snake_case * title",
                     "body": [
                       {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "snake_case * title", "weight": "bolder", "size": "large", "color": "good"}]},
                       {"type": "TextBlock", "text": "All **good**", "wrap": true},
                       {"type": "FactSet", "separator": true, "facts": [{"title": "Branch", "value": "main"}]}],
                     "msteams": {"width": "Full"},
                     "actions": [{"type": "Action.OpenUrl", "title": "Log", "url": "https://ci.example.com/42?a=1&b=2"}]}
                    """),
                card),
            card!.ToJsonString());
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("/relative")]
    [InlineData("file:///etc/passwd")]
    public void Of_ButtonThatOpensNoPage_IsRefusedByItsPath(string url)
    {
        var failure = Assert.Throws<IntegrationException>(() => MessageCard.Of(new PostMessageInput
        {
            Text = "x", Buttons = [new MessageButton { Title = "a", Url = "https://example.com" }, new MessageButton { Title = "b", Url = url }],
        }));

        Assert.Equal((FailureKind.InvalidInput, Effect.None, "buttons[1].url"), (failure.Kind, failure.Effect, failure.Errors.Single().Path));
    }

    [Fact]
    public void Of_TooLarge_IsRefusedAsTeamsCounts()
    {
        // 20,000 quotes are 40,000 bytes once the card stands as text inside the message.
        var failure = Assert.Throws<IntegrationException>(() => MessageCard.Of(new PostMessageInput { Text = new string('"', 10_000) }));

        Assert.Equal((FailureKind.InvalidInput, "text"), (failure.Kind, failure.Errors.Single().Path));
        Assert.Contains("28672", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_LettersBeyondAscii_AreNotEscaped() =>
        Assert.Contains("Grüße 日本語", Encoding.UTF8.GetString(MessageCard.Of(new PostMessageInput { Text = "Grüße 日本語" }).Json.Span), StringComparison.Ordinal);

    [Fact]
    public void Of_WhiteSpaceOnly_IsRefused() =>
        Assert.Equal("text", Assert.Throws<IntegrationException>(() => MessageCard.Of(new PostMessageInput { Text = " \n " })).Errors.Single().Path);

    private static int Times(int count) => Environment.GetEnvironmentVariable("VAKA_TEST_LONG") is "1" ? count * 20 : count;

    private static Gen<string> AnyOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(index => words[index]);

    private static JsonNode? Parse(Card card) => JsonNode.Parse(card.Json.Span);
}
