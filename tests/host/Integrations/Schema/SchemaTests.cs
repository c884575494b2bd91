using System.Text.Json.Nodes;
using NJsonSchema;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Tests.Integrations.Schema;

public class SchemaTests
{
    [Fact]
    public void Schema_MailConfig_IsWhatAFormNeeds()
    {
        var schema = Contracts.Of<MailConfig>().Schema;

        AssertJson(
            """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "type": "object",
              "properties": {
                "smtp_host": {"type": "string", "minLength": 1, "maxLength": 253, "title": "Host", "description": "Name of the mail server.",
                  "x-section": "Server", "x-order": 1, "x-placeholder": "mail.example.com"},
                "smtp_port": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 65535, "default": 587, "title": "Port",
                  "x-section": "Server", "x-order": 2},
                "smtp_user": {"type": ["string", "null"]},
                "smtp_password": {"type": ["string", "null"], "writeOnly": true, "x-secret": true,
                  "x-secret-for": ["smtp_host", "smtp_port", "smtp_use_tls", "security"]},
                "smtp_use_tls": {"type": "boolean", "default": true},
                "security": {"type": "string", "enum": ["auto", "starttls", "implicit_tls", "none"], "x-labels": {"auto": "Choose for me"},
                  "default": "auto"},
                "from_email": {"type": "string", "minLength": 1, "format": "email"},
                "from_name": {"type": ["string", "null"]},
                "oauth2_token_url": {"type": ["string", "null"], "format": "uri",
                  "x-depends-on": {"path": "security", "values": ["auto", "starttls"]}},
                "timeout_seconds": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 300, "default": 30, "x-unit": "seconds"}
              },
              "required": ["smtp_host", "from_email"],
              "additionalProperties": false
            }
            """,
            schema);
    }

    [Fact]
    public void Schema_Union_HasATitledBranchForEachKind()
    {
        var auth = Contracts.Of<HookConfig>().Schema["properties"]?["auth"];

        AssertJson("""{"type": "none"}""", auth?["default"]);
        Assert.Equal("object", auth?["type"]?.GetValue<string>());
        var branches = Assert.IsType<JsonArray>(auth?["oneOf"]);
        Assert.Equal(
            ["No authentication", "Basic auth", "Api key auth", "O auth2 auth"],
            branches.Select(branch => branch?["title"]?.GetValue<string>()));
        AssertJson(
            """
            {
              "type": "object",
              "title": "Basic auth",
              "properties": {
                "type": {"type": "string", "const": "basic"},
                "username": {"type": "string"},
                "password": {"type": "string", "writeOnly": true, "x-secret": true, "x-secret-for": ["url"]}
              },
              "required": ["type", "username", "password"],
              "additionalProperties": false
            }
            """,
            branches[1]);
    }

    [Fact]
    public void Schema_MapOfSecrets_MarksItsValues() =>
        AssertJson(
            """
            {"type": "object", "additionalProperties": {"type": "string", "writeOnly": true, "x-secret": true, "x-secret-for": ["url"]},
             "default": {}}
            """,
            Contracts.Of<HookConfig>().Schema["properties"]?["secret_headers"]);

    [Theory]
    [InlineData("text", """{"type":"string","default":""}""")]
    [InlineData("short", """{"type":["string","null"],"minLength":2,"maxLength":4}""")]
    [InlineData("lower", """{"type":["string","null"],"pattern":"^(?:[a-z]+)$"}""")]
    [InlineData("letter", """{"type":["string","null"],"enum":["a","b",null]}""")]
    [InlineData("flag", """{"type":"boolean","default":false}""")]
    [InlineData("maybe_whole", """{"type":["integer","null"],"format":"int32"}""")]
    [InlineData("long", """{"type":"integer","format":"int64","default":0}""")]
    [InlineData("byte", """{"type":"integer","minimum":0,"maximum":255,"default":0}""")]
    [InlineData("power", """{"type":"integer","format":"int32","enum":[1,2,4],"default":1}""")]
    [InlineData("money", """{"type":"number","default":0}""")]
    [InlineData("share", """{"type":"number","minimum":0,"exclusiveMaximum":1,"default":0}""")]
    [InlineData("at", """{"type":["string","null"],"format":"date-time"}""")]
    [InlineData("day", """{"type":["string","null"],"format":"date"}""")]
    [InlineData("id", """{"type":["string","null"],"format":"uuid"}""")]
    [InlineData("address", """{"type":["string","null"],"format":"uri"}""")]
    [InlineData("list", """{"type":"array","items":{"type":"string"},"maxItems":3,"default":[]}""")]
    [InlineData("holes", """{"type":["array","null"],"items":{"type":["string","null"]}}""")]
    [InlineData("map", """{"type":["object","null"],"additionalProperties":{"type":"integer","format":"int32"}}""")]
    [InlineData("open_map", """{"type":["object","null"],"additionalProperties":{"type":["string","null"]}}""")]
    [InlineData("lists", """{"type":["object","null"],"additionalProperties":{"type":"array","items":{"type":"string"}}}""")]
    [InlineData("any", "{}")]
    [InlineData("node", """{"type":["object","array","string","number","boolean","null"]}""")]
    [InlineData("object", """{"type":["object","null"]}""")]
    [InlineData("bytes", """{"type":"string","contentEncoding":"base64","x-max-bytes":4,"default":""}""")]
    [InlineData("array", """{"type":["string","null"],"contentEncoding":"base64"}""")]
    [InlineData("private", """{"type":["string","null"],"enum":["hidden",null],"x-sensitive":true}""")]
    [InlineData("inner", """{"type":["object","null"],"properties":{"name":{"type":"string"},"count":{"type":"integer","format":"int32","default":3}},"required":["name"],"additionalProperties":false}""")]
    public void Schema_Member_IsToldAsItBinds(string member, string expected) =>
        AssertJson(expected, Contracts.Of<Kinds>().Schema["properties"]?[member]);

    [Fact]
    public void Schema_NullableUnion_AllowsNull()
    {
        var union = Contracts.Of<Kinds>().Schema["properties"]?["union"];

        Assert.Null(union?["type"]);
        AssertJson("""{"type":"null"}""", union?["oneOf"]?[3]);
    }

    [Fact]
    public void Schema_Properties_StandInTheOrderOfDeclaration() =>
        Assert.Equal(
            typeof(Kinds).GetProperties().Select(property => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)),
            Assert.IsType<JsonObject>(Contracts.Of<Kinds>().Schema["properties"]).Select(property => property.Key));

    [Fact]
    public void Schema_HasNoReferences() => Assert.DoesNotContain("$ref", Contracts.Of<Kinds>().Schema.ToJsonString());

    // An independent validator has to agree with the binder on what is good and what is not.
    [Theory]
    [InlineData("""{"smtp_host":"m","from_email":"a@b.c"}""", true)]
    [InlineData("""{"smtp_host":"m","from_email":"a@b.c","smtp_user":null,"smtp_port":25}""", true)]
    [InlineData("""{"smtp_host":"m","from_email":"a@b.c","smtp_port":null}""", false)]
    [InlineData("""{"smtp_host":"m","from_email":"a@b.c","smtp_port":"25"}""", false)]
    [InlineData("""{"smtp_host":"m","from_email":"a@b.c","smtp_port":0}""", false)]
    [InlineData("""{"smtp_host":"m","from_email":"a@b.c","security":"tls"}""", false)]
    [InlineData("""{"smtp_host":"m","from_email":"a@b.c","nope":1}""", false)]
    [InlineData("""{"smtp_host":"","from_email":"a@b.c"}""", false)]
    [InlineData("""{"from_email":"a@b.c"}""", false)]
    public Task Schema_MailConfig_AgreesWithAnotherValidator(string json, bool isGood) => AssertAgrees(Contracts.Of<MailConfig>(), json, isGood);

    [Theory]
    [InlineData("""{"url":"https://example.com"}""", true)]
    [InlineData("""{"url":"https://example.com","auth":{"password":"p","username":"u","type":"basic"}}""", true)]
    [InlineData("""{"url":"https://example.com","auth":{"type":"basic","username":"u"}}""", false)]
    [InlineData("""{"url":"https://example.com","auth":{"type":"digest"}}""", false)]
    [InlineData("""{"url":"https://example.com","auth":{"type":"none","username":"u"}}""", false)]
    [InlineData("""{"url":"https://example.com","headers":{"a":"b"},"secret_headers":{"c":"d"}}""", true)]
    [InlineData("""{"url":"https://example.com","headers":{"a":1}}""", false)]
    [InlineData("""{"url":"https://example.com","method":"HEAD"}""", false)]
    [InlineData("""{"url":"https://example.com","signing_secret":"nope"}""", false)]
    public Task Schema_HookConfig_AgreesWithAnotherValidator(string json, bool isGood) => AssertAgrees(Contracts.Of<HookConfig>(), json, isGood);

    private static async Task AssertAgrees(JsonContract contract, string json, bool isGood)
    {
        // NJsonSchema knows no const.
        var text = System.Text.RegularExpressions.Regex.Replace(contract.Schema.ToJsonString(), "\"const\":(\"[^\"]*\")", "\"enum\":[$1]");
        var schema = await JsonSchema.FromJsonAsync(text);

        Assert.Equal(isGood, schema.Validate(json).Count == 0);
        Assert.Equal(isGood, contract.BindText(json).Errors.Count == 0);
    }

    private static void AssertJson(string expected, JsonNode? actual) =>
        Assert.Equal(JsonNode.Parse(expected)?.ToJsonString(), actual?.ToJsonString());
}
