using System.Text.Json.Nodes;
using CsCheck;
using Vaka.Plugins.Jira.Text;

namespace Vaka.Plugins.Jira.Tests.Text;

public sealed class AdfShapeTests
{
    private static string? PathOf(string json) => AdfShape.ProblemOf(JsonNode.Parse(json)!.AsObject(), "description_adf")?.Path;

    [Theory]
    [InlineData("""{}""", "description_adf.type")]
    [InlineData("""{"type":"doc"}""", "description_adf.version")]
    [InlineData("""{"type":"doc","version":"1","content":[]}""", "description_adf.version")]
    [InlineData("""{"type":"doc","version":1}""", "description_adf.content")]
    [InlineData("""{"type":"doc","version":1,"content":[{"type":"paragraf"}]}""", "description_adf.content[0].type")]
    [InlineData("""{"type":"doc","version":1,"content":["text"]}""", "description_adf.content[0]")]
    [InlineData("""{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":""}]}]}""", "description_adf.content[0].content[0].text")]
    [InlineData("""{"type":"doc","version":1,"content":[{"type":"paragraph","content":"x"}]}""", "description_adf.content[0].content")]
    [InlineData("""{"type":"doc","version":1,"content":[{"type":"rule","attrs":[]}]}""", "description_adf.content[0].attrs")]
    [InlineData("""{"type":"doc","version":1,"content":[{"type":"text","text":"x","marks":[{"type":"bold"}]}]}""", "description_adf.content[0].marks[0]")]
    public void ProblemOf_Wrong_NamesThePlace(string json, string path) => Assert.Equal(path, PathOf(json));

    [Fact]
    public void ProblemOf_OurOwnDocuments_None() => MarkdownGen.Document.Sample(
        markdown => AdfShape.ProblemOf(JiraText.Write(markdown, isCloud: true, "x").AsObject(), "x") is null, iter: 300, threads: 1);
}
