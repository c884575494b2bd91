using System.Text.Json.Nodes;
using Vaka.Plugins.Slack.Messages;

namespace Vaka.Plugins.Slack.Tests.Messages;

public sealed class BlockKitTests
{
    public static TheoryData<string, string?> Cases
    {
        get
        {
            var cases = new TheoryData<string, string?>();
            Add("header", 150, n => $$"""{"type": "header", "text": {{Plain(n)}}}""", "blocks[0].text.text");
            Add("section", 3000, n => $$"""{"type": "section", "text": {{Mrkdwn(n)}}}""", "blocks[0].text.text");
            Add("fields", 10, n => $$"""{"type": "section", "fields": [{{Times(n, _ => Mrkdwn(5))}}]}""", "blocks[0].fields");
            Add("field", 2000, n => $$"""{"type": "section", "fields": [{{Mrkdwn(1)}}, {{Mrkdwn(n)}}]}""", "blocks[0].fields[1].text");
            Add("button", 75, n => Actions($$"""{"type": "button", "text": {{Plain(n)}}}"""), "blocks[0].elements[0].text.text");
            Add("value", 2000, n => Actions($$"""{"type": "button", "text": {{Plain(1)}}, "value": "{{Long(n)}}"}"""), "blocks[0].elements[0].value");
            Add("url", 3000, n => Actions($$"""{"type": "button", "text": {{Plain(1)}}, "url": "{{Long(n)}}"}"""), "blocks[0].elements[0].url");
            Add("label", 75, n => Actions($$"""{"type": "button", "text": {{Plain(1)}}, "accessibility_label": "{{Long(n)}}"}"""), "blocks[0].elements[0].accessibility_label");
            Add("elements", 25, n => Actions(Times(n, i => $$"""{"type": "button", "action_id": "a{{i}}", "text": {{Plain(1)}}}""")), "blocks[0].elements");
            Add("action_id", 255, n => Actions($$"""{"type": "button", "action_id": "{{Long(n)}}", "text": {{Plain(1)}}}"""), "blocks[0].elements[0].action_id");
            Add("context", 10, n => $$"""{"type": "context", "elements": [{{Times(n, _ => Mrkdwn(1))}}]}""", "blocks[0].elements");
            Add("alt", 2000, n => $$"""{"type": "image", "image_url": "https://e.com/a.png", "alt_text": "{{Long(n)}}"}""", "blocks[0].alt_text");
            Add("image_url", 3000, n => $$"""{"type": "image", "image_url": "{{Long(n)}}", "alt_text": "a"}""", "blocks[0].image_url");
            Add("title", 2000, n => $$"""{"type": "image", "image_url": "https://e.com", "alt_text": "a", "title": {{Plain(n)}}}""", "blocks[0].title.text");
            Add("block_id", 255, n => $$"""{"type": "divider", "block_id": "{{Long(n)}}"}""", "blocks[0].block_id");
            Add("options", 100, n => Actions($$"""{"type": "static_select", "options": [{{Times(n, _ => Option(1, 1))}}]}"""), "blocks[0].elements[0].options");
            Add("option", 75, n => Actions($$"""{"type": "static_select", "options": [{{Option(n, 1)}}]}"""), "blocks[0].elements[0].options[0].text.text");
            Add("option value", 150, n => Actions($$"""{"type": "overflow", "options": [{{Option(1, n)}}]}"""), "blocks[0].elements[0].options[0].value");
            Add("overflow", 5, n => Actions($$"""{"type": "overflow", "options": [{{Times(n, _ => Option(1, 1))}}]}"""), "blocks[0].elements[0].options");
            Add("checkboxes", 10, n => Section($$"""{"type": "checkboxes", "options": [{{Times(n, _ => Option(1, 1))}}]}"""), "blocks[0].accessory.options");
            Add("placeholder", 150, n => Section($$"""{"type": "users_select", "placeholder": {{Plain(n)}}}"""), "blocks[0].accessory.placeholder.text");
            Add("confirm", 300, n => Section($$"""
                {"type": "button", "text": {{Plain(1)}}, "confirm": {"title": {{Plain(1)}}, "text": {{Mrkdwn(n)}}, "confirm": {{Plain(1)}}, "deny": {{Plain(1)}} } }
                """), "blocks[0].accessory.confirm.text.text");
            Add("markdown", 12_000, n => $$"""{"type": "markdown", "text": "{{Long(n)}}"}""", "blocks[0].text");
            Add("blocks", 50, n => Times(n, _ => """{"type": "divider"}"""), "blocks");
            return cases;

            void Add(string _, int most, Func<int, string> blocks, string path)
            {
                cases.Add($"[{blocks(most)}]", null);
                cases.Add($"[{blocks(most + 1)}]", path);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void Check_AtAndAboveTheLimit(string blocks, string? path) =>
        Assert.Equal(path is null ? [] : [path], Check(blocks).Select(error => error.Path));

    [Theory]
    [InlineData("""["text"]""", "blocks[0]")]
    [InlineData("""[null]""", "blocks[0]")]
    [InlineData("""[{}]""", "blocks[0].type")]
    [InlineData("""[{"type": 7}]""", "blocks[0].type")]
    [InlineData("""[{"type": "section"}]""", "blocks[0].text")]
    [InlineData("""[{"type": "section", "text": "words"}]""", "blocks[0].text")]
    [InlineData("""[{"type": "section", "text": {"type": "markdown", "text": "a"}}]""", "blocks[0].text.type")]
    [InlineData("""[{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]""", "blocks[0].text.text")]
    [InlineData("""[{"type": "section", "fields": {}}]""", "blocks[0].fields")]
    [InlineData("""[{"type": "header", "text": {"type": "mrkdwn", "text": "a"}}]""", "blocks[0].text.type")]
    [InlineData("""[{"type": "image", "image_url": "https://e.com"}]""", "blocks[0].alt_text")]
    [InlineData("""[{"type": "image", "alt_text": "a"}]""", "blocks[0].image_url")]
    [InlineData("""[{"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "a"}, "style": "red"}]}]""", "blocks[0].elements[0].style")]
    [InlineData("""[{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]""", "blocks[1].block_id")]
    public void Check_MalformedBlock_SaysWhere(string blocks, string path) => Assert.Equal(path, Assert.Single(Check(blocks)).Path);

    [Theory]
    [InlineData("""[{"type": "brand_new_block", "anything": [1, 2, {"a": null}]}]""")]
    [InlineData("""[{"type": "actions", "elements": [{"type": "brand_new_element"}]}]""")]
    [InlineData("""[{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}]}]""")]
    [InlineData("""[{"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"}]""")]
    [InlineData("""[{"type": "context", "elements": [{"type": "image", "image_url": "https://e.com", "alt_text": "a"}]}]""")]
    public void Check_WhatIsNotKnownHere_IsLeftToSlack(string blocks) => Assert.Empty(Check(blocks));

    [Fact]
    public void Check_EmojiOutsideTheBasicPlane_CountsOnce() =>
        Assert.Empty(Check($$"""[{"type": "header", "text": {"type": "plain_text", "text": "{{string.Concat(Enumerable.Repeat("😀", 150))}}"} }]"""));

    [Fact]
    public void Check_ManyErrors_IsCutShort() =>
        Assert.Equal(20, Check($"[{Times(50, _ => "{}")}]").Count);

    [Theory]
    [InlineData("""[{"type": "section", "text": {"type": "mrkdwn", "text": "a"}}, {"type": "divider"}]""", true)]
    [InlineData("""[{"type": "section", "text": {"type": "mrkdwn", "text": "a"}, "accessory": {"type": "button"}}]""", false)]
    [InlineData("""[{"type": "actions", "elements": []}]""", false)]
    [InlineData("""[{"type": "brand_new_block"}]""", false)]
    public void AreInert_ButtonsAndTheUnknown_AreNot(string blocks, bool inert) =>
        Assert.Equal(inert, BlockKit.AreInert(JsonNode.Parse(blocks)!.AsArray()));

    private static IReadOnlyList<FieldError> Check(string blocks) => BlockKit.Check(JsonNode.Parse(blocks)!.AsArray());

    private static string Long(int length) => new('x', length);

    private static string Times(int count, Func<int, string> one) => string.Join(", ", Enumerable.Range(0, count).Select(one));

    private static string Plain(int length) => $$"""{"type": "plain_text", "text": "{{Long(length)}}"}""";

    private static string Mrkdwn(int length) => $$"""{"type": "mrkdwn", "text": "{{Long(length)}}"}""";

    private static string Option(int text, int value) => $$"""{"text": {{Plain(text)}}, "value": "{{Long(value)}}"}""";

    private static string Actions(string elements) => $$"""{"type": "actions", "elements": [{{elements}}]}""";

    private static string Section(string accessory) => $$"""{"type": "section", "text": {{Mrkdwn(1)}}, "accessory": {{accessory}}}""";
}
