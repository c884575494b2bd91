using System.Text;
using System.Text.Json;
using CsCheck;
using Vaka.Plugins.Jira.Text;

namespace Vaka.Plugins.Jira.Tests.Text;

public sealed class AdfReaderTests
{
    private static string? Read(string json) => JiraText.Read(JsonDocument.Parse(json).RootElement);

    [Theory]
    [InlineData("# Head\n\ntext **bold** *it* `code` ~~gone~~")]
    [InlineData("- a\n  - b\n- c")]
    [InlineData("3. c\n4. d")]
    [InlineData("> said\n> \n> more")]
    [InlineData("```sh\nls\n```")]
    [InlineData("[x](https://example.com/a)")]
    [InlineData("- [ ] a\n- [x] b")]
    [InlineData("| h | i |\n| --- | --- |\n| c | d |")]
    [InlineData("one\ntwo\n\nthree\n\n---")]
    public void Read_WhatWasWritten_IsThere(string markdown) =>
        Assert.Equal(markdown, JiraText.Read(JsonSerializer.SerializeToElement(JiraText.Write(markdown, isCloud: true, "x"))));

    [Fact]
    public void Read_JirasOwnNodes_BecomeText() => Assert.Equal(
        "@Ada 👍 [DONE] 2026-01-01 https://example.com/c\n\n> careful\n\n[scan.png]\n\nlater\n\nmore",
        Read(
            """
            {"type":"doc","version":1,"content":[
             {"type":"paragraph","content":[{"type":"mention","attrs":{"id":"1","text":"@Ada"}},{"type":"text","text":" "},
              {"type":"emoji","attrs":{"shortName":":thumbsup:","text":"👍"}},{"type":"text","text":" "},{"type":"status","attrs":{"text":"DONE"}},
              {"type":"text","text":" "},{"type":"date","attrs":{"timestamp":"1767225600000"}},{"type":"text","text":" "},
              {"type":"inlineCard","attrs":{"url":"https://example.com/c"}}]},
             {"type":"panel","attrs":{"panelType":"warning"},"content":[{"type":"paragraph","content":[{"type":"text","text":"careful"}]}]},
             {"type":"mediaSingle","content":[{"type":"media","attrs":{"alt":"scan.png","id":"1"}}]},
             {"type":"expand","attrs":{"title":"later"},"content":[{"type":"unknownBlock","content":[{"type":"paragraph","content":[{"type":"text","text":"more"}]}]}]}]}
            """));

    [Theory]
    [InlineData("""{"type":"doc","content":[1,null,"x",{"type":5},{"type":"text"},{"type":"heading","attrs":{"level":99}}]}""")]
    [InlineData("""{"type":"doc","content":[{"type":"paragraph","content":[{"type":"date","attrs":{"timestamp":"99999999999999999999"}}]}]}""")]
    [InlineData("""{"type":"doc","content":[{"type":"table","content":[{"type":"tableRow"}]},{"type":"bulletList"}]}""")]
    public void Read_BrokenTree_DoesNotThrow(string json) => Assert.NotNull(Read(json));

    [Fact]
    public void Read_VeryDeepTree_EndsSomewhere()
    {
        var json = new StringBuilder("""{"type":"doc","content":[""");
        for (var level = 0; level < 400; level++) json.Append("""{"type":"blockquote","content":[""");
        json.Append(string.Concat(Enumerable.Repeat("]}", 401)));

        Assert.NotNull(JiraText.Read(JsonDocument.Parse(json.ToString(), new() { MaxDepth = 2_000 }).RootElement));
    }

    [Fact]
    public void Read_Generated_DoesNotThrow() => MarkdownGen.Document.Sample(
        markdown => JiraText.Read(JsonSerializer.SerializeToElement(JiraText.Write(markdown, isCloud: true, "x"))) is not null, iter: 300, threads: 1);
}
