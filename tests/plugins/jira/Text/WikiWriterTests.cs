using System.Text.RegularExpressions;
using CsCheck;
using Vaka.Plugins.Jira.Text;

namespace Vaka.Plugins.Jira.Tests.Text;

public sealed class WikiWriterTests
{
    private static string Wiki(string markdown) => (string)JiraText.Write(markdown, isCloud: false, "description")!;

    [Theory]
    [InlineData("", "")]
    [InlineData("plain\nlines", "plain\nlines")]
    [InlineData("## Why", "h2. Why")]
    [InlineData("**b** *i* ~~s~~ `c`", "*b* _i_ -s- {{c}}")]
    [InlineData("- a\n  - b\n- c", "* a\n** b\n* c")]
    [InlineData("1. a\n2. b", "# a\n# b")]
    [InlineData("> said", "{quote}\nsaid\n{quote}")]
    [InlineData("---", "----")]
    [InlineData("```sql\nselect {x}\n```", "{code:sql}\nselect {x}\n{code}")]
    [InlineData("```\n{code}\n```", "{noformat}\n{code}\n{noformat}")]
    [InlineData("[x](https://example.com/a_b)", "[x|https://example.com/a_b]")]
    [InlineData("<https://example.com/a_b>", "[https://example.com/a_b]")]
    [InlineData("[x](javascript:alert(1))", "x")]
    [InlineData("|h|\n|-|\n|c|", "||h||\n|c|")]
    [InlineData("[~ada] {code} a_b 1*2", "\\[\\~ada\\] \\{code\\} a\\_b 1\\*2")]
    [InlineData("well-known - x", "well-known \\- x")]
    public void Write_Markdown_BecomesWikiMarkup(string markdown, string expected) => Assert.Equal(expected, Wiki(markdown));

    [Fact]
    public void Write_GeneratedMarkdown_MentionsNobody() => MarkdownGen.Document.Sample(
        markdown => !WithoutCode(Wiki(markdown)).Contains("[~ada", StringComparison.Ordinal), iter: 500, threads: 1);

    private static string WithoutCode(string wiki) =>
        Regex.Replace(wiki, @"(?<!\\)\{(code|noformat)(:\w+)?\}\n.*?\n\{\1\}", "", RegexOptions.Singleline);
}
