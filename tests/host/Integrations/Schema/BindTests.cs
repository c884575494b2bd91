using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Tests.Integrations.Schema;

public class BindTests
{
    private static readonly JsonContract Kinds = Contracts.Of<Kinds>();

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"text":""}""")]
    [InlineData("""{"text":"\u00e9\ud83d\ude00\n\/"}""")]
    [InlineData("""{"short":"ab"}""")]
    [InlineData("""{"short":"\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00"}""")]
    [InlineData("""{"short":"😀😀😀😀"}""")]
    [InlineData("""{"short":null}""")]
    [InlineData("""{"lower":"abc"}""")]
    [InlineData("""{"link":"https://example.com/a?b=c"}""")]
    [InlineData("""{"mail":"name@example.com"}""")]
    [InlineData("""{"letter":"b"}""")]
    [InlineData("""{"flag":true}""")]
    [InlineData("""{"whole":-2147483648}""")]
    [InlineData("""{"ranged":10}""")]
    [InlineData("""{"maybe_whole":null}""")]
    [InlineData("""{"maybe_whole":5}""")]
    [InlineData("""{"long":9223372036854775807}""")]
    [InlineData("""{"byte":255}""")]
    [InlineData("""{"unsigned":18446744073709551615}""")]
    [InlineData("""{"power":4}""")]
    [InlineData("""{"money":0.10}""")]
    [InlineData("""{"money":1e3}""")]
    [InlineData("""{"share":0.999}""")]
    [InlineData("""{"share":0}""")]
    [InlineData("""{"at":"2026-01-31T09:00:00Z"}""")]
    [InlineData("""{"at":"2026-01-31T09:00:00.123456+02:00"}""")]
    [InlineData("""{"day":"2026-01-31"}""")]
    [InlineData("""{"id":"0198c0de-7a11-7000-8000-000000000001"}""")]
    [InlineData("""{"address":"urn:a:b"}""")]
    [InlineData("""{"choice":"implicit_tls"}""")]
    [InlineData("""{"choice":"\u0061uto"}""")]
    [InlineData("""{"inner":{"name":"n"}}""")]
    [InlineData("""{"inner":null}""")]
    [InlineData("""{"list":["a","b","c"]}""")]
    [InlineData("""{"holes":["a",null]}""")]
    [InlineData("""{"records":[{"name":"a"},{"name":"b","count":0}]}""")]
    [InlineData("""{"map":{"a":1,"a.b":2,"":3}}""")]
    [InlineData("""{"open_map":{"a":null}}""")]
    [InlineData("""{"lists":{"a":["x"]}}""")]
    [InlineData("""{"any":null}""")]
    [InlineData("""{"any":[1,{"a":{"a":[null,true,"x"]}}]}""")]
    [InlineData("""{"node":"x"}""")]
    [InlineData("""{"object":{"a":1}}""")]
    [InlineData("""{"bytes":"AAEC"}""")]
    [InlineData("""{"bytes":"\/\/8="}""")]
    [InlineData("""{"array":""}""")]
    [InlineData("""{"union":{"type":"none"}}""")]
    [InlineData("""{"union":{"username":"u","password":"p","type":"basic"}}""")]
    [InlineData("""{"private":"hidden"}""")]
    [InlineData("""{"attachments":[{"filename":"a","content_type":"text/plain","content_base64":"aGk="}]}""")]
    public void Bind_GoodDocument_IsBound(string json)
    {
        Kinds.Bound<Kinds>(json);
        Assert.Empty(Kinds.Bind(JsonNode.Parse(json)).Errors);
    }

    [Theory]
    [InlineData("""{"text":1}""", "text", "Expected a string, got a number.")]
    [InlineData("""{"text":null}""", "text", "null is not allowed here. Give a string or leave it out.")]
    [InlineData("""{"text":{"a":[{}]}}""", "text", "Expected a string, got an object.")]
    [InlineData("""{"text":"a\u0000b"}""", "text", "The character U+0000 is not allowed. Remove it.")]
    [InlineData("""{"text":"\ud800"}""", "text", "Half of a surrogate pair is not a character. Send the whole character.")]
    [InlineData("""{"text":"\ud800\ud800\udc00"}""", "text", "Half of a surrogate pair is not a character. Send the whole character.")]
    [InlineData("""{"text":"\udc00"}""", "text", "Half of a surrogate pair is not a character. Send the whole character.")]
    [InlineData("""{"text":"a","text":"b"}""", "text", "Given twice. Give it once.")]
    [InlineData("""{"text":"a","\u0074ext":"b"}""", "text", "Given twice. Give it once.")]
    [InlineData("""{"txet":"a"}""", "txet", "Not known here. Did you mean text?")]
    [InlineData("""{"maybeWhole":1}""", "maybeWhole", "Not known here. Did you mean maybe_whole?")]
    [InlineData("""{"nonsense":{"a":1}}""", "nonsense", "Not known here. Remove it.")]
    [InlineData("""{"a\u0000":1}""", "a\\u0000", "Not known here. Remove it.")]
    [InlineData("""{"short":"a"}""", "short", "Give 2 to 4 characters.")]
    [InlineData("""{"short":"abcde"}""", "short", "Give 2 to 4 characters.")]
    [InlineData("""{"short":"\u0061"}""", "short", "Give 2 to 4 characters.")]
    [InlineData("""{"lower":"abC"}""", "lower", "Does not have the form that is asked for: [a-z]+")]
    [InlineData("""{"lower":"abc\n"}""", "lower", "Does not have the form that is asked for: [a-z]+")]
    [InlineData("""{"lower":""}""", "lower", "Does not have the form that is asked for: [a-z]+")]
    [InlineData("""{"link":"ftp://example.com"}""", "link", "Not a URL. Give an absolute http or https URL, such as https://example.com/path.")]
    [InlineData("""{"link":" https://example.com"}""", "link", "Not a URL. Give an absolute http or https URL, such as https://example.com/path.")]
    [InlineData("""{"link":"/path"}""", "link", "Not a URL. Give an absolute http or https URL, such as https://example.com/path.")]
    [InlineData("""{"mail":"a@b@c"}""", "mail", "Not a mail address. Give a bare address, such as name@example.com.")]
    [InlineData("""{"mail":"a@b\r\nBcc: c@d"}""", "mail", "Not a mail address. Give a bare address, such as name@example.com.")]
    [InlineData("""{"letter":"c"}""", "letter", "Not known here. Give one of: a, b.")]
    [InlineData("""{"flag":"true"}""", "flag", "Expected true or false, got a string.")]
    [InlineData("""{"flag":1}""", "flag", "Expected true or false, got a number.")]
    [InlineData("""{"flag":null}""", "flag", "null is not allowed here. Give true or false or leave it out.")]
    [InlineData("""{"whole":"7"}""", "whole", "Expected a whole number, got a string.")]
    [InlineData("""{"whole":7.0}""", "whole", "7.0 is not written as a whole number. Give a whole number, without fraction or exponent.")]
    [InlineData("""{"whole":1e2}""", "whole", "1e2 is not written as a whole number. Give a whole number, without fraction or exponent.")]
    [InlineData("""{"whole":2147483648}""", "whole", "2147483648 is out of range. Give a whole number from -2147483648 to 2147483647.")]
    [InlineData("""{"whole":null}""", "whole", "null is not allowed here. Give a whole number or leave it out.")]
    [InlineData("""{"ranged":11}""", "ranged", "11 is out of range. Give a whole number from 1 to 10.")]
    [InlineData("""{"ranged":0}""", "ranged", "0 is out of range. Give a whole number from 1 to 10.")]
    [InlineData("""{"ranged":99999999999999999999999999999999999999999}""", "ranged", "This is out of range. Give a whole number from 1 to 10.")]
    [InlineData("""{"long":9223372036854775808}""", "long", "9223372036854775808 is out of range. Give a whole number from -9223372036854775808 to 9223372036854775807.")]
    [InlineData("""{"byte":256}""", "byte", "256 is out of range. Give a whole number from 0 to 255.")]
    [InlineData("""{"byte":"x"}""", "byte", "Expected a whole number from 0 to 255, got a string.")]
    [InlineData("""{"unsigned":-1}""", "unsigned", "-1 is out of range. Give a whole number from 0 to 18446744073709551615.")]
    [InlineData("""{"power":3}""", "power", "Not known here. Give one of: 1, 2, 4.")]
    [InlineData("""{"money":"1"}""", "money", "Expected a number, got a string.")]
    [InlineData("""{"money":1e40}""", "money", "1e40 is too large to be kept. Give a number.")]
    [InlineData("""{"share":1}""", "share", "1 is out of range. Give a number of at least 0 and below 1.")]
    [InlineData("""{"share":1e999}""", "share", "1e999 is too large to be kept. Give a number of at least 0 and below 1.")]
    [InlineData("""{"share":"NaN"}""", "share", "Expected a number of at least 0 and below 1, got a string.")]
    [InlineData("""{"at":"2026-01-31T09:00:00"}""", "at", "\"2026-01-31T09:00:00\" cannot be read. Give a time with its offset, such as 2026-01-31T09:00:00Z.")]
    [InlineData("""{"at":"2026-01-31"}""", "at", "\"2026-01-31\" cannot be read. Give a time with its offset, such as 2026-01-31T09:00:00Z.")]
    [InlineData("""{"at":"2026-13-31T09:00:00Z"}""", "at", "\"2026-13-31T09:00:00Z\" cannot be read. Give a time with its offset, such as 2026-01-31T09:00:00Z.")]
    [InlineData("""{"at":1700000000}""", "at", "Expected a time with its offset, such as 2026-01-31T09:00:00Z, got a number.")]
    [InlineData("""{"day":"31.01.2026"}""", "day", "\"31.01.2026\" cannot be read. Give a day, such as 2026-01-31.")]
    [InlineData("""{"id":"0198c0de7a1170008000000000000001"}""", "id", "\"0198c0de7a1170008000000000000001\" cannot be read. Give a UUID, such as 0198c0de-7a11-7000-8000-000000000001.")]
    [InlineData("""{"address":"/a"}""", "address", "This cannot be read. Give an absolute URI, such as https://example.com/path.")]
    [InlineData("""{"choice":"Auto"}""", "choice", "\"Auto\" is not known here. Give one of: auto, starttls, implicit_tls, none.")]
    [InlineData("""{"choice":0}""", "choice", "Expected one of: auto, starttls, implicit_tls, none, got a number.")]
    [InlineData("""{"choice":"auto, none"}""", "choice", "\"auto, none\" is not known here. Give one of: auto, starttls, implicit_tls, none.")]
    [InlineData("""{"inner":{}}""", "inner.name", "Missing. Give a string.")]
    [InlineData("""{"inner":{"name":null}}""", "inner.name", "null is not allowed here. Give a string.")]
    [InlineData("""{"inner":[]}""", "inner", "Expected an object, got a list.")]
    [InlineData("""{"inner":{"name":"a","nam":"b"}}""", "inner.nam", "Not known here. Did you mean name?")]
    [InlineData("""{"list":["a",null]}""", "list[1]", "null is not allowed here. Give a string.")]
    [InlineData("""{"list":["a","b",3]}""", "list[2]", "Expected a string, got a number.")]
    [InlineData("""{"list":["a","b","c","d"]}""", "list", "Too long. Give at most 3 items.")]
    [InlineData("""{"list":"a"}""", "list", "Expected a list, got a string.")]
    [InlineData("""{"list":null}""", "list", "null is not allowed here. Give a list or leave it out.")]
    [InlineData("""{"records":[{"name":"a"},{"count":1}]}""", "records[1].name", "Missing. Give a string.")]
    [InlineData("""{"numbers":[1,null]}""", "numbers[1]", "null is not allowed here. Give a whole number.")]
    [InlineData("""{"map":{"a":"1"}}""", "map.a", "Expected a whole number, got a string.")]
    [InlineData("""{"map":{"a":null}}""", "map.a", "null is not allowed here. Give a whole number.")]
    [InlineData("""{"map":{"X-Y":1,"X-Y":2}}""", "map.X-Y", "Given twice. Give it once.")]
    [InlineData("""{"map":{"a\u0000":1}}""", "map.a\\u0000", "The character U+0000 is not allowed. Remove it.")]
    [InlineData("""{"map":[]}""", "map", "Expected an object, got a list.")]
    [InlineData("""{"lists":{"a":["x",null]}}""", "lists.a[1]", "null is not allowed here. Give a string.")]
    [InlineData("""{"any":{"a":[0,{"b":1,"b":2}]}}""", "any.a[1].b", "Given twice. Give it once.")]
    [InlineData("""{"any":{"b":1,"\u0062":2}}""", "any.b", "Given twice. Give it once.")]
    [InlineData("""{"any":["\u0000"]}""", "any[0]", "The character U+0000 is not allowed. Remove it.")]
    [InlineData("""{"any":{"a":"\udfff"}}""", "any.a", "Half of a surrogate pair is not a character. Send the whole character.")]
    [InlineData("""{"object":[]}""", "object", "Expected an object, got a list.")]
    [InlineData("""{"bytes":"AA"}""", "bytes", "Not valid base64. Encode the bytes in standard base64 with padding.")]
    [InlineData("""{"bytes":"A_-="}""", "bytes", "Not valid base64. Encode the bytes in standard base64 with padding.")]
    [InlineData("""{"bytes":"AAECAwQ="}""", "bytes", "Too long. Give at most 4 bytes.")]
    [InlineData("""{"bytes":[1,2]}""", "bytes", "Expected bytes in base64, got a list.")]
    [InlineData("""{"union":{}}""", "union.type", "Missing. Give one of: none, basic, api_key.")]
    [InlineData("""{"union":{"username":{"type":"none"}}}""", "union.type", "Missing. Give one of: none, basic, api_key.")]
    [InlineData("""{"union":{"type":"digest"}}""", "union.type", "\"digest\" is not known here. Give one of: none, basic, api_key.")]
    [InlineData("""{"union":{"type":1}}""", "union.type", "Expected one of: none, basic, api_key, got a number.")]
    [InlineData("""{"union":{"type":"none","type":"none"}}""", "union.type", "Given twice. Give it once.")]
    [InlineData("""{"union":{"type":"none","token":"t"}}""", "union.token", "Not known here. Remove it.")]
    [InlineData("""{"union":{"password":"p","type":"basic"}}""", "union.username", "Missing. Give a string.")]
    [InlineData("""{"union":{"type":"basic","username":"u","password":null}}""", "union.password", "null is not allowed here. Give a string.")]
    [InlineData("""{"union":{"type":"api_key","value":"v","in":"body"}}""", "union.in", "\"body\" is not known here. Give one of: header, query.")]
    [InlineData("""{"union":"none"}""", "union", "Expected an object, got a string.")]
    [InlineData("""{"attachments":[{"filename":"a","content_type":"text/plain"}]}""", "attachments[0].content_base64", "Missing. Give bytes in base64.")]
    [InlineData("""{"attachments":[{"filename":"","content_type":"text/plain","content_base64":""}]}""", "attachments[0].filename", "Give 1 to 255 characters.")]
    [InlineData("""{"attachments":[{"filename":"a","content_type":"text/plain","content_base64":"","length":0}]}""", "attachments[0].length", "Not known here. Remove it.")]
    [InlineData("null", "", "null is not allowed here. Give an object.")]
    [InlineData("[]", "", "Expected an object, got a list.")]
    [InlineData("\"{}\"", "", "Expected an object, got a string.")]
    public void Bind_BadDocument_SaysWhereAndWhat(string json, string path, string message)
    {
        Assert.Equal(new FieldError(path, message), Kinds.Refused(json));
    }

    [Theory]
    [InlineData("", "Empty. Send a JSON document.")]
    [InlineData("  \n", "Empty. Send a JSON document.")]
    [InlineData("{", "Not valid JSON at line 1, column 2. Check quotes, commas and brackets there.")]
    [InlineData("{\"text\":\n \"é\",}", "Not valid JSON at line 2, column 6. Check quotes, commas and brackets there.")]
    [InlineData("{} {}", "Not valid JSON at line 1, column 4. Check quotes, commas and brackets there.")]
    [InlineData("{\"text\":\"a\nb\"}", "Not valid JSON at line 1, column 11. Check quotes, commas and brackets there.")]
    [InlineData("{/* why */}", "Not valid JSON at line 1, column 2. Check quotes, commas and brackets there.")]
    [InlineData("{\"private\":hunter2}", "Not valid JSON at line 1, column 12. Check quotes, commas and brackets there.")]
    [InlineData("\uFEFF{}", "Begins with a byte order mark. Send the JSON without it.")]
    public void Bind_BrokenJson_SaysWhere(string json, string message) => Assert.Equal(new FieldError("", message), Kinds.Refused(json));

    [Fact]
    public void Bind_InvalidUtf8_SaysWhere()
    {
        byte[] json = [.. "{\"text\":\n\"é"u8, 0xC3, 0x28, .. "\"}"u8];

        var result = Kinds.Bind(json.AsMemory());

        Assert.Equal([new FieldError("", "Not valid UTF-8 at line 2, column 3. Send JSON in UTF-8.")], result.Errors);
    }

    [Fact]
    public void Bind_ManyFaults_ListsThemAll()
    {
        var result = Kinds.BindText("""{"flag":1,"list":[null,2],"unknown":0,"inner":{},"union":{"type":"basic"},"whole":1.5}""");

        Assert.Equal(
            ["flag", "list[0]", "list[1]", "unknown", "inner.name", "union.username", "union.password", "whole"],
            result.Errors.Select(error => error.Path));
    }

    [Fact]
    public void Bind_CountlessFaults_StopsListing()
    {
        var result = Kinds.BindText("{" + string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"unknown{i}\":0")) + "}");

        Assert.Equal(101, result.Errors.Count);
        Assert.Equal(new FieldError("", "There is more: only the first 100 errors are listed."), result.Errors[^1]);
    }

    [Theory]
    [InlineData("any", 63, true)]
    [InlineData("any", 64, false)]
    [InlineData("any", 100_000, false)]
    [InlineData("text", 100_000, false)]
    [InlineData("unknown", 100_000, false)]
    [InlineData("union", 100_000, false)]
    public void Bind_DeepNesting_IsRefusedAboveTheLimit(string member, int depth, bool fits)
    {
        var deep = string.Concat(Enumerable.Repeat("[", depth)) + string.Concat(Enumerable.Repeat("]", depth));
        var json = member == "union" ? $$$"""{"union":{"x":{{{deep}}}}}""" : $$$"""{"{{{member}}}":{{{deep}}}}""";

        var result = Kinds.BindText(json);

        Assert.Equal(fits, result.Errors.Count == 0);
        if (!fits) Assert.Contains(result.Errors, error => error.Message == "Nested more than 64 levels deep. Make it flatter.");
    }

    [Fact]
    public void Bind_LongNames_AreShortenedInThePath()
    {
        var error = Kinds.Refused($$"""{"{{new string('x', 10_000)}}":1}""");

        Assert.Equal(new string('x', 100) + "…", error.Path);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(20_000)]
    public void Bind_RepeatedKeyAmongMany_IsFound(int count)
    {
        var members = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"k{i}\":{i}"));

        Assert.Empty(Kinds.BindText($$$"""{"any":{{{{members}}}}}""").Errors);
        Assert.Equal("any.k3", Kinds.Refused($$$"""{"any":{{{{members}}},"\u006b3":0}}""").Path);
        Assert.Equal("map.k3", Kinds.Refused($$$"""{"map":{{{{members}}},"k3":0}}""").Path);
    }

    [Fact]
    public void Bind_AbsentMembers_KeepTheRecordsDefaults()
    {
        var bound = Kinds.Bound<Kinds>("""{"inner":{"name":"n"}}""");

        Assert.Equal((7, 3, ""), (bound.Whole, bound.Inner?.Count, bound.Text));
        Assert.Empty(bound.List);
    }

    [Fact]
    public void Bind_Node_WithHalfASurrogatePair_IsRefused()
    {
        var result = Kinds.Bind(JsonNode.Parse("""{"text":"\ud800"}"""));

        Assert.Equal("Half of a surrogate pair is not a character. Send whole characters.", Assert.Single(result.Errors).Message);
    }

    [Fact]
    public void Bind_Node_WithARepeatedMember_IsRefused() =>
        Assert.Equal(new FieldError("text", "Given twice. Give it once."), Assert.Single(Kinds.Bind(JsonNode.Parse("""{"text":"a","text":"b"}""")).Errors));

    [Fact]
    public void Bind_NullNode_IsRefused() =>
        Assert.Equal(new FieldError("", "null is not allowed here. Give an object."), Assert.Single(Kinds.Bind((JsonNode?)null).Errors));

    [Theory]
    [InlineData("""{"private":"hunter2"}""")]
    [InlineData("""{"privat":"hunter2"}""")]
    [InlineData("""{"union":{"type":"basic","username":"u","password":["hunter2"]}}""")]
    [InlineData("""{"union":{"type":"basic","username":"u","password":"hunter2\u0000"}}""")]
    [InlineData("""{"union":{"type":"basic","username":"u","passwort":"hunter2","password":"hunter2"}}""")]
    public void Bind_Error_NeverTellsWhatIsSensitive(string json)
    {
        var result = Kinds.BindText(json);

        Assert.NotEmpty(result.Errors);
        Assert.All(result.Errors, error => Assert.DoesNotContain("hunter2", error.Path + error.Message));
    }

    [Fact]
    public void Bind_AnyJson_KeepsItAsSent()
    {
        var bound = Kinds.Bound<Kinds>("""{"any":{"b":1.10,"a":[1e3]}}""");

        Assert.Equal("""{"b":1.10,"a":[1e3]}""", bound.Any.GetRawText());
    }

    [Fact]
    public void Bind_Bytes_AreDecoded() => Assert.Equal("hi"u8.ToArray(), Kinds.Bound<Kinds>("""{"bytes":"aGk="}""").Bytes.ToArray());

    [Fact]
    public void Bind_UnionWithItsTypeLast_IsBound()
    {
        var bound = Contracts.Of<HookConfig>().Bound<HookConfig>("""{"auth":{"value":"v","name":"n","type":"api_key"},"url":"https://example.com"}""");

        var auth = Assert.IsType<ApiKeyAuth>(bound.Auth);
        Assert.Equal("v", auth.Value.Reveal());
    }

    [Fact]
    public void Bind_HookConfig_BindsWholly()
    {
        var bound = Contracts.Of<HookConfig>().Bound<HookConfig>(
            """
            {"url":"https://example.com/in","method":"PUT","headers":{"X-A":"1"},"secret_headers":{"X-Api-Key":"s"},
             "auth":{"type":"oauth2_client_credentials","token_url":"https://id.example.com/token","client_id":"c","client_secret":"s"},
             "signing_secret":"whsec_abc=","previous_valid_until":"2026-01-31T09:00:00Z"}
            """);

        Assert.Equal("s", bound.SecretHeaders["X-Api-Key"].Reveal());
        Assert.Equal("c", Assert.IsType<OAuth2Auth>(bound.Auth).ClientId);
    }

    [Fact]
    public void Bind_HookConfig_ListsEveryFault()
    {
        var result = Contracts.Of<HookConfig>().BindText(
            """
            {"method":"POTS","headers":{"X-A":1},"secret_headers":{"X-Api-Key":null},
             "auth":{"type":"oauth2_client_credentials","token_url":"example.com","client_id":"c"},"signing_secret":"hunter2"}
            """);

        Assert.Equal(
            ["method", "headers.X-A", "secret_headers.X-Api-Key", "auth.token_url", "auth.client_secret", "signing_secret", "url"],
            result.Errors.Select(error => error.Path));
        Assert.All(result.Errors, error => Assert.DoesNotContain("hunter2", error.Message));
    }

    [Theory]
    [InlineData("""{"smtp_host":"mail.example.com","from_email":"a@b"}""", null)]
    [InlineData("""{"smtp_host":"mail.example.com"}""", "from_email: Missing. Give a string.")]
    [InlineData("""{"smtp_host":"mail.example.com","from_email":"  "}""", "from_email: Empty. Give a value.")]
    [InlineData("""{"smtp_host":"mail.example.com","from_email":null}""", "from_email: null is not allowed here. Give a string.")]
    [InlineData("""{"smtp_host":"","from_email":"a@b"}""", "smtp_host: Give 1 to 253 characters.")]
    [InlineData("""{"smtp_host":"m","from_email":"a@b","smtp_port":"587"}""", "smtp_port: Expected a whole number from 1 to 65535, got a string.")]
    [InlineData("""{"smtp_host":"m","from_email":"a@b","smtp_port":70000}""", "smtp_port: 70000 is out of range. Give a whole number from 1 to 65535.")]
    [InlineData("""{"smtp_host":"m","from_email":"a@b","smtp_use_tls":"yes"}""", "smtp_use_tls: Expected true or false, got a string.")]
    [InlineData("""{"smtp_host":"m","from_email":"a@b","smtp_pasword":"p"}""", "smtp_pasword: Not known here. Did you mean smtp_password?")]
    [InlineData("""{"smtp_host":"m","from_email":"a@b","smtp_password":null}""", null)]
    [InlineData("""{"smtp_host":"m","from_email":"a@b","smtp_password":{"$secret":"x"}}""", "smtp_password: Expected a string, got an object.")]
    public void Bind_MailConfig(string json, string? expected)
    {
        var result = Contracts.Of<MailConfig>().BindText(json);

        Assert.Equal(expected, result.Errors.Count == 0 ? null : Assert.Single(result.Errors) is var error ? $"{error.Path}: {error.Message}" : null);
    }

    [Fact]
    public void Bind_Utf8MembersAndText_AreBound()
    {
        var bound = Kinds.Bound<Kinds>(Encoding.UTF8.GetString("{\"map\":{\"ключ\":1},\"text\":\"Grüße\"}"u8));

        Assert.Equal((1, "Grüße"), (bound.Map?["ключ"], bound.Text));
    }
}
