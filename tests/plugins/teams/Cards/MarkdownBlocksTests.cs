using System.Diagnostics;
using System.Text.Json.Nodes;
using Vaka.Plugins.Teams.Cards;

namespace Vaka.Plugins.Teams.Tests.Cards;

public sealed class MarkdownBlocksTests
{
    [Theory]
    [InlineData("plain", """[{"type":"TextBlock","text":"plain","wrap":true}]""")]
    [InlineData("a\nb", """[{"type":"TextBlock","text":"a","wrap":true},{"type":"TextBlock","text":"b","wrap":true,"spacing":"none"}]""")]
    [InlineData("a\r\n\r\nb", """[{"type":"TextBlock","text":"a","wrap":true},{"type":"TextBlock","text":"b","wrap":true}]""")]
    [InlineData("# Big ##", """[{"type":"TextBlock","text":"Big","wrap":true,"weight":"bolder","size":"large","style":"heading"}]""")]
    [InlineData("### Small", """[{"type":"TextBlock","text":"Small","wrap":true,"weight":"bolder","size":"default","style":"heading"}]""")]
    [InlineData("#no heading", """[{"type":"TextBlock","text":"#no heading","wrap":true}]""")]
    [InlineData("* a\n+ b\n- [x] c", """[{"type":"TextBlock","text":"- a\r- b\r- ☑ c","wrap":true}]""")]
    [InlineData("1. a\n2) b\n   goes on", """[{"type":"TextBlock","text":"1. a\r2. b goes on","wrap":true}]""")]
    [InlineData("a\n\n---\n\nb", """[{"type":"TextBlock","text":"a","wrap":true},{"type":"TextBlock","text":"b","wrap":true,"separator":true}]""")]
    [InlineData("![chart](https://example.com/c.png)", """[{"type":"Image","url":"https://example.com/c.png","altText":"chart"}]""")]
    [InlineData("see ![chart](https://example.com/c.png)", """[{"type":"TextBlock","text":"see [chart](https://example.com/c.png)","wrap":true}]""")]
    [InlineData("[x](javascript:alert) <https://a.example>", """[{"type":"TextBlock","text":"x [https://a.example](https://a.example)","wrap":true}]""")]
    [InlineData("> a\n> b", """[{"type":"Container","style":"emphasis","items":[{"type":"TextBlock","text":"a","wrap":true},{"type":"TextBlock","text":"b","wrap":true,"spacing":"none"}]}]""")]
    [InlineData("```sh\n*x*\n  y\n```", """[{"type":"Container","style":"emphasis","items":[{"type":"RichTextBlock","inlines":[{"type":"TextRun","text":"*x*","fontType":"monospace"}]},{"type":"RichTextBlock","inlines":[{"type":"TextRun","text":"\u00a0\u00a0y","fontType":"monospace"}],"spacing":"none"}]}]""")]
    [InlineData("```", """[{"type":"TextBlock","text":"```","wrap":true}]""")]
    public void Of_Construct_IsTheseElements(string markdown, string expected)
    {
        var blocks = new JsonArray([.. MarkdownBlocks.Of(markdown)]);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected.Replace("\r", "\\r", StringComparison.Ordinal)), blocks), blocks.ToJsonString());
    }

    [Fact]
    public void Of_Table_IsATable()
    {
        var table = MarkdownBlocks.Of("| Name | State |\n|---|:-:|\n| api\\|v2 | **up** |\n| db |").Single();

        Assert.Equal("Table", (string?)table["type"]);
        Assert.Equal(2, table["columns"]!.AsArray().Count);
        Assert.Equal(
            [["Name", "State"], ["api|v2", "**up**"], ["db", " "]],
            table["rows"]!.AsArray().Select(row => row!["cells"]!.AsArray().Select(cell => (string?)cell!["items"]![0]!["text"]).ToArray()));
    }

    [Theory]
    [InlineData("# ", " #")]
    [InlineData("---", " ")]
    [InlineData("|", "-|")]
    [InlineData("[", "![")]
    [InlineData("> ", "> ")]
    [InlineData("- ", "- ")]
    [InlineData("<https://", "<")]
    [InlineData("[a](b", "   ")]
    public void Of_HostileRepetition_TakesNoTime(string begin, string repeated)
    {
        var text = begin + string.Concat(Enumerable.Repeat(repeated, 28_000 / repeated.Length)) + "x";
        var start = Stopwatch.GetTimestamp();

        MarkdownBlocks.Of(text);
        MarkdownBlocks.Of("| a |\n" + text);

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
    }
}
