using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using NJsonSchema;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Tests.Integrations.Schema;

/// <summary>Thousands of documents, each a good one with a few values replaced, held against the binder, the platform's serialiser and an
/// independent validator of the schema. The seed is fixed, so that a failure comes back.</summary>
public class AgreementTests
{
    private const int Rounds = 4000;

    private static readonly string[] Good =
    [
        """{"text":"a","short":"ab","whole":1,"ranged":2,"flag":true,"choice":"auto","list":["a"],"map":{"a":1},"any":[1],"bytes":"AAEC"}""",
        """{"inner":{"name":"n","count":1},"records":[{"name":"a"}],"union":{"type":"basic","username":"u","password":"p"},"holes":[null,"a"]}""",
        """{"at":"2026-01-31T09:00:00Z","id":"0198c0de-7a11-7000-8000-000000000001","money":1.5,"share":0.5,"long":5,"byte":6,"power":2,"day":"2026-01-31"}""",
        """{"union":{"value":"v","in":"query","type":"api_key"},"lists":{"a":["x","y"]},"open_map":{"a":null},"node":{"a":[]},"object":{"b":1}}""",
        """{"link":"https://example.com","mail":"a@b.example","letter":"a","lower":"abc","private":"hidden","numbers":[1,2],"unsigned":7}""",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "0", "1", "-1", "255", "256", "1.5", "2147483648", "1e2", "\"\"", "\"a\"", "\"abc\"", "\"auto\"", "\"none\"", "\"basic\"",
        "\"2026-01-31T09:00:00Z\"", "\"2026-01-31\"", "\"https://example.com\"", "\"AAEC\"", "\"hidden\"", "[]", "[null]", "[\"a\"]", "[1]",
        "[{}]", "{}", "{\"a\":1}", "{\"a\":null}", "{\"name\":\"n\"}", "{\"name\":\"n\",\"x\":1}", "{\"type\":\"none\"}", "{\"type\":\"basic\"}",
        "{\"a\":[\"x\"]}",
    ];

    private static readonly JsonContract Contract = Contracts.Of<Kinds>();

    [Fact]
    public void Bind_WhatTheSerialiserRefuses_IsRefusedWithAPathToo()
    {
        var options = new JsonSerializerOptions(JsonSerializerOptions.Strict)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            NumberHandling = JsonNumberHandling.Strict,
            AllowOutOfOrderMetadataProperties = true,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        };
        var accepted = 0;
        foreach (var json in Documents(seed: 1))
        {
            var errors = Contract.BindText(json).Errors;
            Assert.DoesNotContain(errors, error => error.Message.StartsWith("Not accepted", StringComparison.Ordinal));
            if (errors.Count > 0) continue;
            JsonSerializer.Deserialize<Kinds>(json, options);
            accepted++;
        }

        Assert.InRange(accepted, Rounds / 20, Rounds - (Rounds / 20));
    }

    [Fact]
    public async Task Schema_AndBinder_AgreeOnEveryDocument()
    {
        // NJsonSchema knows no const.
        var text = System.Text.RegularExpressions.Regex.Replace(Contract.Schema.ToJsonString(), "\"const\":(\"[^\"]*\")", "\"enum\":[$1]");
        var schema = await JsonSchema.FromJsonAsync(text);
        foreach (var json in Documents(seed: 2))
        {
            var (bound, said) = (Contract.BindText(json).Errors, schema.Validate(json));

            // What contentEncoding and the format int32 say is no rule to this validator.
            if (bound.Any(error => error.Message.StartsWith("Not valid base64", StringComparison.Ordinal))) continue;
            if (json.Contains("2147483648", StringComparison.Ordinal)) continue;
            Assert.True(
                (bound.Count == 0) == (said.Count == 0),
                $"{json}\nbinder: {string.Join("; ", bound)}\nschema: {string.Join("; ", said)}");
        }
    }

    [Fact]
    public void Bind_GarbledBytes_NeverThrows()
    {
        var random = new Random(3);
        foreach (var json in Documents(seed: 3))
        {
            var bytes = Encoding.UTF8.GetBytes(json);
            for (var i = random.Next(4); i >= 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var result = Contract.Bind(bytes.AsMemory());
            Assert.Equal(result.Value is null, result.Errors.Count > 0);
        }
    }

    private static IEnumerable<string> Documents(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var document = JsonNode.Parse(Good[random.Next(Good.Length)]);
            for (var i = random.Next(2); i >= 0; i--) Replace(document, random);
            yield return document?.ToJsonString() ?? "null";
        }
    }

    private static void Replace(JsonNode? node, Random random)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } given:
                var name = given.ElementAt(random.Next(given.Count)).Key;
                if (given[name] is JsonObject or JsonArray && random.Next(2) == 0) Replace(given[name], random);
                else if (random.Next(10) == 0) given.Remove(name);
                else given[name] = Value(random);
                break;
            case JsonArray { Count: > 0 } list:
                var index = random.Next(list.Count);
                if (list[index] is JsonObject && random.Next(2) == 0) Replace(list[index], random);
                else list[index] = Value(random);
                break;
        }
    }

    private static JsonNode? Value(Random random) => JsonNode.Parse(Values[random.Next(Values.Length)]);
}
