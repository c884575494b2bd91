using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Vaka.Plugins.Jira.Text;

namespace Vaka.Plugins.Jira.Tests.Text;

public sealed class AdfWriterTests
{
    private static readonly int Documents = Environment.GetEnvironmentVariable("VAKA_TEST_LONG") is "1" ? 20_000 : 600;

    private static JsonNode Adf(string markdown) => JiraText.Write(markdown, isCloud: true, "description");

    private static string Content(string markdown) => Adf(markdown)["content"]!.ToJsonString();

    [Fact]
    public async Task Write_GeneratedMarkdown_IsValidByAtlassiansSchema()
    {
        var documents = new List<JsonNode>();
        MarkdownGen.Document.Sample(markdown => documents.Add(Adf(markdown)), iter: Documents, threads: 1);

        foreach (var chunk in documents.Chunk(2_000)) Assert.Empty(await AdfValidator.InvalidAsync(chunk));
    }

    [Fact]
    public async Task Schema_Judges_AtAll() => Assert.Equal(2, (await AdfValidator.InvalidAsync(
    [
        JsonNode.Parse("""{"version":1,"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":""}]}]}""")!,
        JsonNode.Parse("""{"version":1,"type":"doc","content":[{"type":"blockquote","content":[{"type":"heading","attrs":{"level":1}}]}]}""")!,
        JsonNode.Parse("""{"version":1,"type":"doc","content":[{"type":"paragraph"}]}""")!,
    ])).Count);

    [Theory]
    [InlineData("", "[]")]
    [InlineData("plain", """[{"type":"paragraph","content":[{"type":"text","text":"plain"}]}]""")]
    [InlineData("one\ntwo", """[{"type":"paragraph","content":[{"type":"text","text":"one"},{"type":"hardBreak"},{"type":"text","text":"two"}]}]""")]
    [InlineData("## Why", """[{"type":"heading","content":[{"type":"text","text":"Why"}],"attrs":{"level":2}}]""")]
    [InlineData("---", """[{"type":"rule"}]""")]
    [InlineData("```sh\nls\n\nrm\n```", """[{"type":"codeBlock","content":[{"type":"text","text":"ls\n\nrm"}],"attrs":{"language":"sh"}}]""")]
    [InlineData("```\n```", """[{"type":"codeBlock","content":[]}]""")]
    [InlineData("> said", """[{"type":"blockquote","content":[{"type":"paragraph","content":[{"type":"text","text":"said"}]}]}]""")]
    [InlineData("a **b *c* `d`**",
        """
        [{"type":"paragraph","content":[{"type":"text","text":"a "},{"type":"text","text":"b ","marks":[{"type":"strong"}]},
        {"type":"text","text":"c","marks":[{"type":"strong"},{"type":"em"}]},{"type":"text","text":" ","marks":[{"type":"strong"}]},
        {"type":"text","text":"d","marks":[{"type":"code"}]}]}]
        """)]
    [InlineData("[x](https://example.com/a)",
        """[{"type":"paragraph","content":[{"type":"text","text":"x","marks":[{"type":"link","attrs":{"href":"https://example.com/a"}}]}]}]""")]
    [InlineData("[x](javascript:alert(1))", """[{"type":"paragraph","content":[{"type":"text","text":"x"}]}]""")]
    [InlineData("<b>x</b>", """[{"type":"paragraph","content":[{"type":"text","text":"<b>x</b>"}]}]""")]
    [InlineData("3. c\n4. d",
        """
        [{"type":"orderedList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"c"}]}]},
        {"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"d"}]}]}],"attrs":{"order":3}}]
        """)]
    [InlineData("- [ ] a\n- [x] b",
        """
        [{"type":"taskList","content":[{"type":"taskItem","content":[{"type":"text","text":"a"}],"attrs":{"localId":"task-2","state":"TODO"}},
        {"type":"taskItem","content":[{"type":"text","text":"b"}],"attrs":{"localId":"task-3","state":"DONE"}}],"attrs":{"localId":"task-1"}}]
        """)]
    [InlineData("|h|\n|-|\n|c|",
        """
        [{"type":"table","content":[{"type":"tableRow","content":[{"type":"tableHeader","content":[{"type":"paragraph","content":[{"type":"text","text":"h"}]}]}]},
        {"type":"tableRow","content":[{"type":"tableCell","content":[{"type":"paragraph","content":[{"type":"text","text":"c"}]}]}]}]}]
        """)]
    [InlineData("a\u0000b\u001b[31m", """[{"type":"paragraph","content":[{"type":"text","text":"ab[31m"}]}]""")]
    public void Write_Markdown_BecomesItsNodes(string markdown, string expected) =>
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), Content(markdown));

    [Fact]
    public void Write_WhatHasNoPlaceThere_IsDegradedAndNotLost()
    {
        var text = Content("- # Head\n\n  > quoted\n  >\n  > ***\n\n  | a | b |\n  |---|---|\n  | c | d |");

        foreach (var word in new[] { "Head", "quoted", "c", "d", "\\u2014\\u2014\\u2014" }) Assert.True(text.Contains($"\"{word}\"", StringComparison.Ordinal), text);
        Assert.DoesNotContain("heading", text);
        Assert.DoesNotContain("blockquote", text);
    }

    [Fact]
    public void Write_TooDeep_IsRefusedWithThePath()
    {
        foreach (var depth in new[] { 11, 200, 5_000 })
        {
            var failure = Assert.Throws<IntegrationException>(() => Adf(new string('>', depth) + " x"));

            Assert.Equal((FailureKind.InvalidInput, "description"), (failure.Kind, Assert.Single(failure.Errors).Path));
        }
    }

    [Fact]
    public void Write_Deepest_StaysReadable()
    {
        var adf = Adf(string.Join('\n', Enumerable.Range(0, 10).Select(level => $"{new string(' ', level * 2)}- x")));

        JsonDocument.Parse(adf.ToJsonString()).Dispose();
    }

    [Fact]
    public void Write_TooLong_IsRefusedWithThePath() =>
        Assert.Equal("description", Assert.Single(Assert.Throws<IntegrationException>(() => Adf(new string('x', 32_768))).Errors).Path);

    [Fact]
    public void Write_Hostile_EndsInTime()
    {
        foreach (var part in new[] { "[", "![", "**", "_a", "`", "<", "- ", "|", "[](" })
        {
            var markdown = string.Concat(Enumerable.Repeat(part, 32_000 / part.Length));
            try
            {
                Adf(markdown);
            }
            catch (IntegrationException failure)
            {
                Assert.Equal(FailureKind.InvalidInput, failure.Kind);
            }
        }
    }
}
