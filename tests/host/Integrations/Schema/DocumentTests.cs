using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Tests.Integrations.Schema;

public class DocumentTests
{
    private static readonly JsonContract Mail = Contracts.Of<MailConfig>();
    private static readonly JsonContract Hook = Contracts.Of<HookConfig>();
    private static readonly JsonContract Ready = Contracts.Of<ReadyConfig>();
    private static readonly JsonContract Deep = Contracts.Of<DeepConfig>();

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"smtp_password":null}""")]
    [InlineData("""{"smtp_password":"p"}""")]
    [InlineData("""{"smtp_password":{"$secret":"x"}}""")]
    [InlineData("""{"smtp_password":[1]}""")]
    public void FindSecrets_Member_IsAPlacePresentOrNot(string json)
    {
        var place = Assert.Single(Mail.FindSecrets(Object(json)));

        Assert.Equal("smtp_password", place.Path);
        Assert.Equal(["smtp_password"], place.Segments);
        Assert.Equal(["smtp_host", "smtp_port", "smtp_use_tls", "security"], place.BoundTo);
    }

    [Theory]
    [InlineData("""{}""", "signing_secret")]
    [InlineData("""{"auth":{"type":"none"}}""", "signing_secret")]
    [InlineData("""{"auth":{"type":"basic"}}""", "auth.password,signing_secret")]
    [InlineData("""{"auth":{"username":"u","type":"basic"}}""", "auth.password,signing_secret")]
    [InlineData("""{"auth":{"type":"oauth2_client_credentials","password":"p"}}""", "auth.client_secret,signing_secret")]
    [InlineData("""{"auth":{"type":"digest","password":"p"}}""", "signing_secret")]
    [InlineData("""{"auth":{"type":7}}""", "signing_secret")]
    [InlineData("""{"auth":"basic"}""", "signing_secret")]
    [InlineData("""{"secret_headers":{"X-Api.Key":"v","Y":null,"Z":{"$secret":"x"}}}""", "secret_headers.X-Api.Key,secret_headers.Y,secret_headers.Z,signing_secret")]
    [InlineData("""{"secret_headers":[]}""", "signing_secret")]
    [InlineData("""{"secret_headers":null}""", "signing_secret")]
    public void FindSecrets_FollowsTheDocument(string json, string paths) =>
        Assert.Equal(paths, string.Join(',', Hook.FindSecrets(Object(json)).Select(place => place.Path)));

    [Fact]
    public void FindSecrets_KeyWithDots_IsOneSegment() =>
        Assert.Equal(["secret_headers", "X-Api.Key"], Hook.FindSecrets(Object("""{"secret_headers":{"X-Api.Key":"v"}}"""))[0].Segments);

    [Theory]
    [InlineData("""{}""", "inner.token")]
    [InlineData("""{"inner":null}""", "inner.token")]
    [InlineData("""{"inner":{"token":"t"}}""", "inner.token")]
    [InlineData("""{"inner":7}""", "")]
    [InlineData("""{"named":{"a":{},"b":null}}""", "inner.token,named.a.token,named.b.token")]
    public void FindSecrets_NestedRecords_AreFollowed(string json, string paths) =>
        Assert.Equal(paths, string.Join(',', Deep.FindSecrets(Object(json)).Select(place => place.Path)));

    [Fact]
    public void FindSecrets_OfADefaultBranch_AreFound() => Assert.Equal("login.value", Assert.Single(Ready.FindSecrets([])).Path);

    [Theory]
    [InlineData("""{"smtp_host":"m"}""", "smtp_host", "\"m\"")]
    [InlineData("""{}""", "smtp_host", null)]
    [InlineData("""{}""", "smtp_port", "587")]
    [InlineData("""{"smtp_port":587}""", "smtp_port", "587")]
    [InlineData("""{"smtp_port":25}""", "smtp_port", "25")]
    [InlineData("""{"smtp_port":null}""", "smtp_port", null)]
    [InlineData("""{}""", "smtp_use_tls", "true")]
    [InlineData("""{}""", "security", "\"auto\"")]
    [InlineData("""{"smtp_password":"p"}""", "smtp_password", null)]
    [InlineData("""{}""", "nonsense", null)]
    [InlineData("""{"smtp_host":"m"}""", "smtp_host.x", null)]
    public void EffectiveValue_Member_IsTheDocumentsOrTheDefault(string json, string path, string? expected) =>
        Assert.Equal(expected, Mail.EffectiveValue(Object(json), path));

    [Theory]
    [InlineData("""{"auth":{"type":"oauth2_client_credentials","token_url":"https://a"}}""", "auth.token_url", "\"https://a\"")]
    [InlineData("""{"auth":{"token_url":"https://a"}}""", "auth.token_url", null)]
    [InlineData("""{}""", "auth.token_url", null)]
    [InlineData("""{}""", "auth.type", "\"none\"")]
    [InlineData("""{"auth":{"type":"api_key"}}""", "auth.in", "\"header\"")]
    [InlineData("""{"auth":{"type":"api_key","in":"query"}}""", "auth.in", "\"query\"")]
    [InlineData("""{"auth":{"username":"u","type":"basic","password":"p"}}""", "auth", """{"type":"basic","username":"u"}""")]
    [InlineData("""{"headers":{"b":"2","a.c":"1"}}""", "headers", """{"a.c":"1","b":"2"}""")]
    [InlineData("""{"headers":{"b":"2","a.c":"1"}}""", "headers.a.c", "\"1\"")]
    [InlineData("""{"secret_headers":{"a":"1"}}""", "secret_headers", null)]
    public void EffectiveValue_Nested_FollowsTheBranch(string json, string path, string? expected) =>
        Assert.Equal(expected, Hook.EffectiveValue(Object(json), path));

    [Theory]
    [InlineData("""{"inner":{}}""", "inner.port", "1")]
    [InlineData("""{"inner":{"port":2}}""", "inner.port", "2")]
    [InlineData("""{}""", "inner.port", null)]
    [InlineData("""{"factor":1.50}""", "factor", "1.5")]
    [InlineData("""{"factor":15e-1}""", "factor", "1.5")]
    [InlineData("""{"named":{"a":{"port":3}}}""", "named.a.port", "3")]
    public void EffectiveValue_IsCanonical(string json, string path, string? expected) =>
        Assert.Equal(expected, Deep.EffectiveValue(Object(json), path));

    [Theory]
    [InlineData("""{"smtp_host":"m","smtp_password":"p"}""", """{"smtp_host":"m","smtp_password":"[masked]"}""")]
    [InlineData("""{"smtp_password":{"$secret":"x"}}""", """{"smtp_password":"[masked]"}""")]
    [InlineData("""{"smtp_password":null}""", """{"smtp_password":null}""")]
    [InlineData("""{"smtp_passwrod":"p"}""", """{"smtp_passwrod":"[masked]"}""")]
    [InlineData("""{"smtp_host":{"smtp_password":"p"}}""", """{"smtp_host":"[masked]"}""")]
    [InlineData("""["p"]""", "\"[masked]\"")]
    [InlineData("null", "null")]
    public void Mask_MailConfig_HidesSecretsAndWhatItDoesNotKnow(string json, string expected) =>
        Assert.Equal(expected, Mail.Mask(JsonNode.Parse(json))?.ToJsonString() ?? "null");

    [Theory]
    [InlineData("""{"secret_headers":{"A":"p","B":null}}""", """{"secret_headers":{"A":"[masked]","B":null}}""")]
    [InlineData("""{"secret_headers":["p"]}""", """{"secret_headers":"[masked]"}""")]
    [InlineData("""{"auth":{"username":"u","type":"basic","password":"p"}}""", """{"auth":{"username":"u","type":"basic","password":"[masked]"}}""")]
    [InlineData("""{"auth":{"type":"digest","password":"p","x":null}}""", """{"auth":{"type":"[masked]","password":"[masked]","x":null}}""")]
    [InlineData("""{"auth":"p"}""", """{"auth":"[masked]"}""")]
    [InlineData("""{"auth":{"password":"p","username":"u","\u0074ype":"basic"}}""", """{"auth":{"password":"[masked]","username":"u","type":"basic"}}""")]
    [InlineData("""{"auth":{"type":7,"password":{"type":"basic"}}}""", """{"auth":{"type":"[masked]","password":"[masked]"}}""")]
    [InlineData("""{"headers":{"A":"1"}}""", """{"headers":{"A":"1"}}""")]
    public void Mask_HookConfig_FollowsTheBranch(string json, string expected) =>
        Assert.Equal(expected, Hook.Mask(JsonNode.Parse(json))?.ToJsonString());

    [Theory]
    [InlineData("""{"private":"x","text":"t"}""", """{"private":"[masked]","text":"t"}""")]
    [InlineData("""{"people":[{"name":"a","mail":"b"}]}""", """{"people":[{"name":"a","mail":"[masked]"}]}""")]
    [InlineData("""{"bodies":{"a":"b"}}""", """{"bodies":"[masked]"}""")]
    [InlineData("""{"data":{"a":[1]}}""", """{"data":{"a":[1]}}""")]
    [InlineData("""{"\u0070rivate":"x","text":null}""", """{"private":"[masked]","text":null}""")]
    [InlineData("""{"data":[{},[],[[{"a":{}}]],-1.50e+3,true,null,""]}""", """{"data":[{},[],[[{"a":{}}]],-1.50e+3,true,null,""]}""")]
    public void Mask_Sensitive_IsHidden(string json, string expected) =>
        Assert.Equal(expected, Contracts.Of<Letter>().Mask(JsonNode.Parse(json))?.ToJsonString());

    [Fact]
    public void Mask_LeavesTheDocumentAlone()
    {
        var document = Object("""{"smtp_password":"p"}""");

        Mail.Mask(document);

        Assert.Equal("""{"smtp_password":"p"}""", document.ToJsonString());
    }

    [Fact]
    public void Serialize_WritesSnakeCaseWithoutNulls()
    {
        var json = Contracts.Of<Receipt>().Serialize(new Receipt { MessageId = "m", Note = null, Kind = MailSecurity.ImplicitTls, Needed = null });

        Assert.Equal("""{"message_id":"m","kind":"implicit_tls","needed":null}""", Encoding.UTF8.GetString(json.Span));
    }

    [Fact]
    public void Serialize_ASecret_Throws() =>
        Assert.Throws<NotSupportedException>(() => Mail.Serialize(
            new MailConfig { SmtpHost = "m", FromEmail = "a@b", SmtpPassword = new SecretString("p") }));

    private static JsonObject Object(string json) => Assert.IsType<JsonObject>(JsonNode.Parse(json));

    private sealed record ReadyConfig
    {
        public OpenLogin Login { get; init; } = new TokenLogin();
    }

    [System.Text.Json.Serialization.JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
    [System.Text.Json.Serialization.JsonDerivedType(typeof(TokenLogin), "token")]
    private abstract record OpenLogin;

    private sealed record TokenLogin : OpenLogin
    {
        public SecretString? Value { get; init; }
    }

    private sealed record DeepConfig
    {
        public Inner? Inner { get; init; }

        public IReadOnlyDictionary<string, Inner>? Named { get; init; }

        public decimal Factor { get; init; } = 1;
    }

    private sealed record Inner
    {
        public int Port { get; init; } = 1;

        public SecretString? Token { get; init; }
    }

    private sealed record Letter
    {
        [Sensitive]
        public string? Private { get; init; }

        public string? Text { get; init; }

        public IReadOnlyList<Person>? People { get; init; }

        [Sensitive]
        public IReadOnlyDictionary<string, string>? Bodies { get; init; }

        public JsonElement Data { get; init; }
    }

    private sealed record Person
    {
        public string? Name { get; init; }

        [Sensitive]
        public string? Mail { get; init; }
    }

    private sealed record Receipt
    {
        public required string MessageId { get; init; }

        public string? Note { get; init; }

        public MailSecurity Kind { get; init; }

        public required string? Needed { get; init; }

        public int Length => MessageId.Length;
    }
}
