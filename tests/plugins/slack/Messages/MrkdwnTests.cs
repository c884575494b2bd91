using Vaka.Plugins.Slack.Messages;

namespace Vaka.Plugins.Slack.Tests.Messages;

public sealed class MrkdwnTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("**bold** and __bold__", "*bold* and *bold*")]
    [InlineData("*italic* and _italic_", "_italic_ and _italic_")]
    [InlineData("***both***", "_*both*_")]
    [InlineData("~~struck~~", "~struck~")]
    [InlineData("`a < b && c`", "`a &lt; b &amp;&amp; c`")]
    [InlineData("```csharp\nif (a < b) x();\n```", "```\nif (a &lt; b) x();\n```")]
    [InlineData("    indented\n    code", "```\nindented\ncode\n```")]
    [InlineData("[text](https://example.com/?a=1&b=2)", "<https://example.com/?a=1&amp;b=2|text>")]
    [InlineData("[a **bold** link](https://example.com)", "<https://example.com|a bold link>")]
    [InlineData("[a|b>c](https://example.com/x|y)", "<https://example.com/x%7Cy|a|b&gt;c>")]
    [InlineData("![logo](https://example.com/l.png)", "<https://example.com/l.png|logo>")]
    [InlineData("<https://example.com>", "<https://example.com>")]
    [InlineData("<a@example.com>", "<mailto:a@example.com|a@example.com>")]
    [InlineData("see https://example.com/a_b_c now", "see <https://example.com/a_b_c> now")]
    [InlineData("[x](javascript:alert(1))", "x (javascript:alert(1))")]
    [InlineData("[x](/relative)", "x (/relative)")]
    [InlineData("# Heading\ntext", "*Heading*\ntext")]
    [InlineData("## A **bold** heading", "*A bold heading*")]
    [InlineData("Title\n=====\n\ntext", "*Title*\ntext")]
    [InlineData("- one\n- two", "• one\n• two")]
    [InlineData("- one\n  - inner\n- two", "• one\n    • inner\n• two")]
    [InlineData("3. three\n4. four", "3. three\n4. four")]
    [InlineData("- [x] done\n- [ ] open", "• ☑ done\n• ☐ open")]
    [InlineData("> quoted\n> twice", "> quoted\n> twice")]
    [InlineData("> outer\n\nafter", "> outer\n\nafter")]
    [InlineData("one\n\ntwo", "one\n\ntwo")]
    [InlineData("one\ntwo", "one\ntwo")]
    [InlineData("---", "──────────")]
    [InlineData("a & b < c > d", "a &amp; b &lt; c &gt; d")]
    [InlineData("&lt;b&gt; &amp;", "&lt;b&gt; &amp;")]
    [InlineData("<b>html</b>", "&lt;b&gt;html&lt;/b&gt;")]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;")]
    [InlineData("<!channel> <!here>", "&lt;!channel&gt; &lt;!here&gt;")]
    [InlineData("<!everyone|all>", "&lt;!everyone|all&gt;")]
    [InlineData("hello <@U0123456789> in <#C0123456789>", "hello <@U0123456789> in <#C0123456789>")]
    [InlineData("<!subteam^S0123456789>", "<!subteam^S0123456789>")]
    [InlineData("<@U0123456789|<!channel>>", "&lt;@U0123456789|&lt;!channel&gt;&gt;")]
    [InlineData("**<@U0123456789>**", "*<@U0123456789>*")]
    [InlineData("foo**bar**baz", "foo\u200B*bar*\u200Bbaz")]
    [InlineData("a | b\n--|--\n1 | 22", "```\na | b\n--+---\n1 | 22\n```")]
    [InlineData("", "")]
    public void FromMarkdown(string markdown, string mrkdwn) => Assert.Equal(mrkdwn, Mrkdwn.FromMarkdown(markdown));

    [Fact]
    public void FromMarkdown_WhateverComes_HoldsNoMarkupOfItsOwn()
    {
        // Everything between < and > is a link or a mention that may be there.
        string[] pieces = ["<", ">", "!", "channel", "here", "|", "@U0123456789", "[", "]", "(", ")", "`", "```", "\n", "*", "~~", "&", "https://a.example/", " ", "#", ">", "\\", "-", "1."];
        var random = new Random(7);
        for (var round = 0; round < 3000; round++)
        {
            var markdown = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => pieces[random.Next(pieces.Length)]));

            var mrkdwn = Mrkdwn.FromMarkdown(markdown);

            Assert.DoesNotContain("<!channel", mrkdwn);
            Assert.DoesNotContain("<!here", mrkdwn);
            foreach (var part in mrkdwn.Split('<').Skip(1))
            {
                Assert.Matches(@"\A(@U0123456789>|https?://[^<>]*>|mailto:[^<>]*>)", part);
            }
        }
    }

    [Fact]
    public void FromMarkdown_DeepAndLong_Ends()
    {
        var deep = Assert.Throws<IntegrationException>(() => Mrkdwn.FromMarkdown(string.Concat(Enumerable.Repeat("> ", 20_000)) + "x"));
        Assert.Equal("markdown", Assert.Single(deep.Errors).Path);
        Assert.All("*[`>-", mark => Assert.True(
            Record.Exception(() => Mrkdwn.FromMarkdown(new string(mark, 40_000))) is null or IntegrationException));
    }

    [Fact]
    public void ClientMessageId_OfAnExecution_IsItsOwnId()
    {
        var id = Guid.CreateVersion7();

        Assert.Equal(id, ClientMessageId.Of(id.ToString("N")));
        Assert.Equal(ClientMessageId.Of("probe_1"), ClientMessageId.Of("probe_1"));
        Assert.NotEqual(ClientMessageId.Of("probe_1"), ClientMessageId.Of("probe_2"));
        Assert.Equal(8, ClientMessageId.Of("probe_1").Version);
    }
}
