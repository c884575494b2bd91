using System.Text;
using CsCheck;
using Vaka.Plugins.Host.Api;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Tests.Api;

/// <summary>The body of a call is checked and taken apart; binding it as any other body is what it is held against.</summary>
public class InvokeCallTests
{
    private static readonly JsonContract Contract = JsonContract.Create(typeof(InvokeBody), null);

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "1e999", "-0.10", "12345678901234567890123456789", "\"x\"", "\"\\ud800\"", "\"\\u0000\"", "ü",
        "\"input\"", "\"\\u0069nput\"", "\"integration\"", "\"inptu\"", "\"input\":", "\"integration\":\"a\\u00fc\"", "\"input\":{\"a\":1,\"\\u0061\":2}",
        "\"input\":{\"input\":[1, {}]}", " ", "\n", "\uFEFF", "//", "\0",
    ];

    private static readonly Gen<string> Values = Gen.OneOf(
        "1", "null", "\"x\"", "\"\\u00e4\\\"\"", "{}", "[ ]", """{"data":{"a":[1,2]},"b":null}""", """{"a":1,"a":2}""", """{"input":1,"integration":2}""", "1e999",
        "\"\\udc00\"", new string('[', 62) + new string(']', 62), new string('[', 63) + new string(']', 63), new string('[', 64) + new string(']', 64), $"\"{new string('n', 201)}\"");

    private static readonly Gen<string> Members = Gen.Select(
        Gen.OneOf("input", "integration", "\\u0069nput", "inptu", "Input", "\\ud800nput", "i\\udc00put"), Values, (name, value) => $" \"{name}\" : {value}\n");

    // Mostly nearly right, partly anything.
    private static readonly Gen<string> Bodies = Gen.OneOf<string>(
        Members.Array[0, 3].Select(members => $"{{{string.Join(',', members)}}}"),
        Gen.Select(Members.Array[0, 3], Gen.OneOf(Pieces), (members, end) => $"{{{string.Join(',', members)}}}{end}"),
        Gen.OneOf(Pieces).Array[0, 12].Select(string.Concat));

    // Where a byte is spoilt, and with what; mostly beyond the end.
    private static readonly Gen<byte[]> Documents = Gen.Select(Bodies, Gen.Int[0, 200], Gen.Byte, (body, at, with) =>
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        if (at < bytes.Length) bytes[at] = with;
        return bytes;
    });

    [Fact]
    public void Read_WhateverIsSent_SaysWhatBindingSays() => Documents.Sample(AssertSame, iter: 20_000);

    [Theory]
    [InlineData("""{"\ud800nput":1}""")]
    [InlineData("""{"input":1,"i\udc00tegration":"x"}""")]
    [InlineData("""{"\ud8ef\u00fc":1}""")]
    public void Bind_NameWithHalfACharacter_IsRefused(string json) => Assert.NotEmpty(Contract.Bind(Encoding.UTF8.GetBytes(json)).Errors);

    [Theory]
    [InlineData("""{"input":{"data":1}}""")]
    [InlineData("""{ "integration" : "my \u0022hook\u0022" , "\u0069nput" : [ 1 , {"a" : "\u00fc"} ] } """)]
    [InlineData("""{"input":null,"integration":null}""")]
    [InlineData("""{"input":{"input":{"integration":"x"}},"integration":"y"}""")]
    public void Read_Valid_SaysWhatBindingSays(string json)
    {
        Assert.Empty(Contract.Check(Encoding.UTF8.GetBytes(json)));
        AssertSame(Encoding.UTF8.GetBytes(json));
    }

    private static void AssertSame(byte[] json)
    {
        var bound = Contract.Bind(json);

        Assert.Equal(bound.Errors, Contract.Check(json));
        if (bound.Value is not InvokeBody body) return;
        var call = InvokeCall.Read(json);
        Assert.Equal(body.Input.GetRawText(), Encoding.UTF8.GetString(call.Input.Span));
        Assert.Equal(body.Integration, call.Integration);
    }
}
