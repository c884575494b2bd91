using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Vaka.Plugins.Host.Admin.Forms;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Tests.Admin.Forms;

public class FormModelTests
{
    private static readonly IReadOnlyList<FormField> Fields = FormSchema.Read(JsonContract.Create(typeof(Config), null).Schema);

    [Fact]
    public void Read_EveryKind_IsTheControlOfItsType()
    {
        var kinds = Fields.ToDictionary(field => field.Name, field => field.Kind);
        Assert.Equal(FieldKind.Url, kinds["url"]);
        Assert.Equal(FieldKind.Choice, kinds["mode"]);
        Assert.Equal(FieldKind.Integer, kinds["timeout"]);
        Assert.Equal(FieldKind.Boolean, kinds["fast"]);
        Assert.Equal(FieldKind.Secret, kinds["token"]);
        Assert.Equal(FieldKind.List, kinds["tags"]);
        Assert.Equal(FieldKind.Map, kinds["secret_headers"]);
        Assert.Equal(FieldKind.Union, kinds["auth"]);
        Assert.Equal(FieldKind.Object, kinds["proxy"]);
        Assert.Equal(FieldKind.Json, kinds["anything"]);
        Assert.Equal("url", Fields[0].Name); // by its order
        Assert.True(Fields[0].IsRequired);
    }

    [Fact]
    public void Output_HiddenField_IsLeftOut()
    {
        var model = Model(new JsonObject { ["mode"] = "careful", ["why"] = "because" });
        Assert.Equal("because", model.Output()["why"]?.GetValue<string>());
        model.Root.Member("mode").Set("quick");
        Assert.False(model.Output().ContainsKey("why"));
    }

    [Fact]
    public void Output_ObjectThatWasEmptiedAgain_IsLeftOut()
    {
        var model = Model([]);
        var host = model.Root.Member("proxy").Member("host");
        host.Set("a");
        Assert.Equal("a", model.Output()["proxy"]?["host"]?.GetValue<string>());
        host.Remove();
        Assert.False(model.Output().ContainsKey("proxy"));
    }

    [Fact]
    public void Output_Secret_IsAbsentNullOrText()
    {
        var model = Model([], ("token", new StoredSecret("k1:1", null)));
        var token = model.Root.Member("token");
        Assert.False(model.Output().ContainsKey("token"));
        token.Set(null);
        Assert.True(model.Output().TryGetPropertyValue("token", out var cleared) && cleared is null);
        token.Set("new");
        Assert.Equal("new", model.Output()["token"]?.GetValue<string>());
    }

    [Fact]
    public void SecretAt_ObjectIsOfAnotherKindNow_IsNone()
    {
        var model = Model(new JsonObject { ["auth"] = new JsonObject { ["type"] = "basic" } }, ("auth.password", new StoredSecret("k1:1", null)));
        Assert.NotNull(model.SecretAt("auth.password"));
        model.Root.Member("auth").Set(new JsonObject { ["type"] = "none" });
        Assert.Null(model.SecretAt("auth.password"));
    }

    [Fact]
    public void SecretKeysBelow_AreThoseThatAreKept() =>
        Assert.Equal(["X.Dotted", "X-Key"], Model([], ("secret_headers.X.Dotted", new StoredSecret(null, null)), ("secret_headers.X-Key", new StoredSecret(null, null)))
            .SecretKeysBelow("secret_headers"));

    [Fact]
    public void OtherErrors_AreThoseWithoutAField()
    {
        var model = Model(new JsonObject { ["tags"] = new JsonArray("a") });
        model.Show([new ConfigError("url", "Missing."), new ConfigError("tags[0]", "No."), new ConfigError("why", "Hidden."), new ConfigError("", "Together.")]);
        Assert.Equal(["Hidden.", "Together."], model.OtherErrors().Select(error => error.Message));
    }

    private static FormModel Model(JsonObject config, params (string Path, StoredSecret Secret)[] secrets) =>
        new(Fields, config, secrets.ToDictionary(secret => secret.Path, secret => secret.Secret));

    private sealed record Config
    {
        public bool Fast { get; init; } = true;

        [Display(Name = "URL", Order = 1)]
        [Url]
        public required string Url { get; init; }

        public Mode Mode { get; init; } = Mode.Quick;

        [DependsOn("mode", "careful")]
        public string? Why { get; init; }

        [Unit("seconds")]
        public int Timeout { get; init; } = 30;

        public SecretString? Token { get; init; }

        public IReadOnlyList<string> Tags { get; init; } = [];

        public IReadOnlyDictionary<string, SecretString> SecretHeaders { get; init; } = new Dictionary<string, SecretString>();

        public Auth Auth { get; init; } = new NoAuth();

        public Proxy? Proxy { get; init; }

        public JsonNode? Anything { get; init; }
    }

    private enum Mode
    {
        Quick,
        Careful,
    }

    private sealed record Proxy
    {
        public required string Host { get; init; }
    }

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
    [JsonDerivedType(typeof(NoAuth), "none")]
    [JsonDerivedType(typeof(BasicAuth), "basic")]
    private abstract record Auth;

    private sealed record NoAuth : Auth;

    private sealed record BasicAuth : Auth
    {
        public required SecretString Password { get; init; }
    }
}
