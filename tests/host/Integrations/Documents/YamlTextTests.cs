using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Documents;

namespace Vaka.Plugins.Host.Tests.Integrations.Documents;

public sealed class YamlTextTests
{
    [Theory]
    [InlineData("no", "\"no\"")]
    [InlineData("Yes", "\"Yes\"")]
    [InlineData("on", "\"on\"")]
    [InlineData("True", "\"True\"")]
    [InlineData("true", "true")]
    [InlineData("null", "null")]
    [InlineData("Null", "\"Null\"")]
    [InlineData("1e3", "1e3")]
    [InlineData("-0.5", "-0.5")]
    [InlineData("0x10", "\"0x10\"")]
    [InlineData("010", "\"010\"")]
    [InlineData("1_000", "\"1_000\"")]
    [InlineData("+1", "\"+1\"")]
    [InlineData(".5", "\".5\"")]
    [InlineData(".inf", "\".inf\"")]
    [InlineData("2026-01-31", "\"2026-01-31\"")]
    [InlineData("12:30:45", "\"12:30:45\"")]
    [InlineData("\"1\"", "\"1\"")]
    [InlineData("'true'", "\"true\"")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("|\n    two\n    lines", "\"two\\nlines\\n\"")]
    [InlineData("[1, a]", "[1,\"a\"]")]
    public void Read_AValue_MeansWhatJsonWouldSay(string yaml, string json) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), YamlText.Read($"key: {yaml}\n")?["key"]));

    [Theory]
    [InlineData("a: &x 1\nb: *x\n")]
    [InlineData("a: &x 1\n")]
    [InlineData("a: *x\n")]
    [InlineData("a: !!str 1\n")]
    [InlineData("a: !<tag:example.com,2026:x> {}\n")]
    [InlineData("a: 1\na: 2\n")]
    [InlineData("? [a]\n: 1\n")]
    [InlineData("<<: {a: 1}\n")]
    [InlineData("a: 1\n---\nb: 2\n")]
    [InlineData("a:\n")]
    [InlineData("a: ~\n")]
    [InlineData("a: \"\n")]
    [InlineData("a: [\n")]
    [InlineData("a: b: c\n")]
    [InlineData("")]
    public void Read_WhatIsNoPlainJson_IsRefused(string yaml) =>
        Assert.Equal(ProblemCode.InvalidRequest, Assert.Throws<ProblemException>(() => YamlText.Read(yaml)).Code);

    [Fact]
    public void Read_ABomb_IsRefusedAtItsFirstAnchor()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (var i = 1; i < 40; i++) bomb.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        Assert.Throws<ProblemException>(() => YamlText.Read(bomb.ToString()));
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    [InlineData('-')]
    public void Read_DeepNesting_IsRefused(char open) =>
        Assert.Throws<ProblemException>(() => YamlText.Read(string.Concat(Enumerable.Repeat(open is '-' ? "- " : $"{open}", 100_000))));

    [Fact]
    public void Read_ARefusal_DoesNotQuoteTheDocument()
    {
        var refused = Assert.Throws<ProblemException>(() => YamlText.Read("password: hunter2: x\n  - hunter2\n"));
        Assert.DoesNotContain("hunter2", refused.Message);
        Assert.Contains("line 1", refused.Message);
    }

    [Theory]
    [InlineData("""{"a":1,"b":"no","c":[],"d":{},"e":[{"x":1,"y":[1,[2,3],{}]},"z"],"f":null,"g":true,"h":1.50}""")]
    [InlineData("""{"":"empty name","a b":"x","no":"y","NULL":"z","1":2,"a:b":"#","-":"- "}""")]
    [InlineData("""{"text":"tab\t cr\r nl\n quote\" back\\ nul\u0001 nel\u0085 ls\u2028 bom\uFEFF ä 漢 😀 \u007f"}""")]
    [InlineData("""{"long":"                                                                                                                                     x"}""")]
    public void Write_AnyJson_IsReadBackTheSame(string json)
    {
        var node = JsonNode.Parse(json)!; // it is an object
        var yaml = YamlText.Write(node);
        Assert.Equal(node.ToJsonString(), YamlText.Read(yaml)!.ToJsonString());
    }

    [Fact]
    public void Write_ADocument_IsPlainToRead() => Assert.Equal(
        """
        format: "vaka.integrations/1"
        integrations:
          - name: "no"
            is_active: true
            config:
              labels:
                - "a"
                - "b"
              headers: {}

        """,
        YamlText.Write(JsonNode.Parse(
            """{"format":"vaka.integrations/1","integrations":[{"name":"no","is_active":true,"config":{"labels":["a","b"],"headers":{}}}]}""")!)); // an object
}
