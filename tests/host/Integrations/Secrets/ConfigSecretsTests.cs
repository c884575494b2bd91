using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Integrations.Secrets;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Integrations.Store;

namespace Vaka.Plugins.Host.Tests.Integrations.Secrets;

/// <summary>Sealing touches no table, so that one database is enough.</summary>
public sealed class ConfigSecretsTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>, IAsyncLifetime
{
    private static readonly JsonContract Contract = JsonContract.Create(typeof(RelayConfig), null);
    private readonly Guid id = Guid.NewGuid();
    private StoreHost host = null!; // made before each test

    private ConfigSecrets Secrets => host.Get<ConfigSecrets>();

    public async ValueTask InitializeAsync() => host = await StoreHost.StartAsync(database);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public void Seal_SecretsEverywhere_AreEncryptedAndRevealed()
    {
        var config = """
            {"host":"a","password":"p1","auth":{"type":"token","secret":"p2","token_url":"https://a"},
             "secret_headers":{"X.Api.Key":"p3","plain":"p4"},"headers":{"open":"readable"},"client":{"name":"n","key":"p5"},"labels":["l"]}
            """;

        var stored = Seal(config);

        foreach (var secret in new[] { "p1", "p2", "p3", "p4", "p5" }) Assert.DoesNotContain($"\"{secret}\"", stored.ToJsonString());
        Assert.Contains("readable", stored.ToJsonString());
        Assert.Equal(5, ConfigPath.FindEnvelopes(stored).Count);
        Assert.True(JsonNode.DeepEquals(StoreHost.Json(config), Secrets.Reveal(id, stored)));
    }

    [Theory]
    [InlineData("""{"host":"a"}""", null)]
    [InlineData("""{"host":"a","password":null}""", "cleared")]
    [InlineData("""{"host":"a","password":"new"}""", "new")]
    [InlineData("""{"host":"a","password":""}""", "")]
    public void Seal_Password_IsKeptClearedOrReplaced(string next, string? expected)
    {
        var before = Seal("""{"host":"a","password":"old"}""");
        var after = Seal(next, before);

        var plain = Secrets.Reveal(id, after);
        if (expected == "cleared") Assert.False(plain.ContainsKey("password"));
        else Assert.Equal(expected ?? "old", (string?)plain["password"]);
        Assert.Equal(expected is null, JsonNode.DeepEquals(before["password"], after["password"]));
    }

    [Fact]
    public void Seal_SameValueAgain_KeepsTheEnvelope()
    {
        var before = Seal("""{"host":"a","password":"same"}""");
        host.Time.Advance(TimeSpan.FromDays(1));
        Assert.True(JsonNode.DeepEquals(before, Seal("""{"host":"a","password":"same"}""", before)));
        Assert.True(JsonNode.DeepEquals(before["password"]!["updated_at"], "2026-05-01T12:00:00Z"));
    }

    [Theory]
    [InlineData("""{"host":"a","secret_headers":{}}""", "A,B")]
    [InlineData("""{"host":"a"}""", "A,B")]
    [InlineData("""{"host":"a","secret_headers":{"A":null}}""", "B")]
    [InlineData("""{"host":"a","secret_headers":{"C":"3"}}""", "A,B,C")]
    [InlineData("""{"host":"a","secret_headers":null}""", "")]
    public void Seal_MapOfSecrets_KeepsWhatIsAbsent(string next, string expected)
    {
        var before = Seal("""{"host":"a","secret_headers":{"A":"1","B":"2"}}""");
        var plain = Secrets.Reveal(id, Seal(next, before));
        Assert.Equal(expected, string.Join(',', (plain["secret_headers"] as JsonObject ?? []).Select(entry => entry.Key).Order()));
        Assert.NotNull(Contract.Bind(plain).Value);
    }

    [Theory]
    [InlineData("""{"host":"a"}""", null)]
    [InlineData("""{"host":"a","client":null}""", null)]
    [InlineData("""{"host":"a","client":{"name":"n"}}""", "k")]
    [InlineData("""{"host":"a","client":{"name":"n","key":null}}""", null)]
    public void Seal_NestedSecret_GoesWithItsObject(string next, string? expected)
    {
        var before = Seal("""{"host":"a","client":{"name":"n","key":"k"}}""");
        var plain = Secrets.Reveal(id, Seal(next, before));
        Assert.Equal(expected, (string?)plain["client"]?["key"]);
        Assert.NotNull(Contract.Bind(plain).Value);
    }

    [Fact]
    public void Seal_ObjectOfAnotherType_KeepsNothing()
    {
        // Both types have a secret of the same name: it must not pass from one to the other.
        var before = Seal("""{"host":"a","auth":{"type":"token","secret":"t"}}""");
        var after = Seal("""{"host":"a","auth":{"type":"hmac","header":"X-Sig"}}""", before);
        Assert.Empty(ConfigPath.FindEnvelopes(after));
        Assert.Empty(ConfigPath.FindEnvelopes(Seal("""{"host":"a","auth":{"type":"none"}}""", before)));
        Assert.Empty(ConfigPath.FindEnvelopes(Seal("""{"host":"a","auth":{}}""", before)));
        Assert.Single(ConfigPath.FindEnvelopes(Seal("""{"host":"a","auth":{"type":"token"}}""", before)));
    }

    [Theory]
    [InlineData("""{"host":"b"}""", "host", "auth.secret,password,secret_headers.A")]
    [InlineData("""{"host":"a","port":26}""", "port", "password")]
    [InlineData("""{"host":"a","tls":false}""", "tls", "password")]
    [InlineData("""{"host":"a","auth":{"type":"token","token_url":"https://evil"}}""", "auth.token_url", "auth.secret")]
    [InlineData("""{"password":"again"}""", "host", "auth.secret,secret_headers.A")]
    [InlineData("""{"host":5,"password":"again"}""", "host", "auth.secret,secret_headers.A")]
    public void Seal_DestinationChanged_AsksForTheSecretAgain(string next, string changed, string expected)
    {
        var before = Seal("""{"host":"a","password":"p","auth":{"type":"token","secret":"s"},"secret_headers":{"A":"1"}}""");
        var incoming = StoreHost.Json(next);
        incoming.TryAdd("auth", StoreHost.Json("""{"type":"token"}"""));

        var refused = Assert.Throws<ProblemException>(() => Seal(incoming.ToJsonString(), before));

        Assert.Equal(ProblemCode.SecretRequired, refused.Code);
        Assert.Equal(expected, string.Join(',', refused.Errors.Select(error => error.Path).Order()));
        Assert.All(refused.Errors, error => Assert.StartsWith(changed, error.Message));
    }

    [Theory]
    [InlineData("""{"host":"a","port":25,"tls":true}""")]
    [InlineData("""{"host":"a","note":"other"}""")]
    public void Seal_DestinationSaidOtherwise_IsTheSame(string next)
    {
        var before = Seal("""{"host":"a","password":"p"}""");
        Assert.Equal("p", (string?)Secrets.Reveal(id, Seal(next, before))["password"]);
    }

    [Fact]
    public void Seal_DestinationChangedWithEverySecretGivenOrCleared_IsTaken()
    {
        var before = Seal("""{"host":"a","password":"p","secret_headers":{"A":"1"}}""");
        var plain = Secrets.Reveal(id, Seal("""{"host":"b","password":"p","secret_headers":null}""", before));
        Assert.Equal("p", (string?)plain["password"]);
        Assert.False(plain.ContainsKey("secret_headers"));
    }

    [Theory]
    [InlineData("""{"host":"a","password":{"secret":"x"}}""", "password")]
    [InlineData("""{"host":"a","password":5}""", "password")]
    [InlineData("""{"host":"a","password":["x"]}""", "password")]
    [InlineData("""{"host":"a","secret_headers":{"A":{"x":"y"}}}""", "secret_headers.A")]
    [InlineData("""{"host":"a","auth":{"type":"token","secret":true}}""", "auth.secret")]
    public void Seal_NoStringWhereASecretBelongs_IsRefused(string config, string path)
    {
        var refused = Assert.Throws<ProblemException>(() => Seal(config));
        Assert.Equal(ProblemCode.InvalidConfig, refused.Code);
        Assert.Equal(path, Assert.Single(refused.Errors).Path);
    }

    [Fact]
    public void Seal_HugeSecret_IsRefused()
    {
        Seal(new JsonObject { ["host"] = "a", ["password"] = new string('x', 64 * 1024) }.ToJsonString());
        var refused = Assert.Throws<ProblemException>(
            () => Seal(new JsonObject { ["host"] = "a", ["password"] = new string('é', (32 * 1024) + 1) }.ToJsonString()));
        Assert.Equal("password", Assert.Single(refused.Errors).Path);
    }

    [Fact]
    public void Reveal_EnvelopeMovedWithinTheRow_DoesNotDecrypt()
    {
        var stored = Seal("""{"host":"a","password":"p","secret_headers":{"A":"1"}}""");
        (stored["password"], stored["secret_headers"]!["A"]) = (stored["secret_headers"]!["A"]!.DeepClone(), stored["password"]!.DeepClone());
        Assert.Throws<SecretUndecryptableException>(() => Secrets.Reveal(id, stored));
    }

    [Fact]
    public void Reveal_KeyWithDots_IsAnotherPlaceThanNesting()
    {
        Assert.Equal("a.b", ConfigPath.Bind(["a", "b"]));
        Assert.NotEqual(ConfigPath.Bind(["a", "b.c"]), ConfigPath.Bind(["a", "b", "c"]));
        Assert.NotEqual(ConfigPath.Bind(["a\\", "b"]), ConfigPath.Bind(["a\\.b"]));
    }

    [Fact]
    public void Migrate_MovedSecret_IsBoundToItsNewPlace()
    {
        var stored = Seal("""{"host":"a","password":"p","secret_headers":{"A":"1"}}""");
        string? seen = null;

        var migrated = Secrets.Migrate(id, null, stored, config =>
        {
            seen = config.ToJsonString();
            config.Remove("password", out var secret);
            return new JsonObject { ["host"] = "a", ["client"] = new JsonObject { ["key"] = secret }, ["secret_headers"] = config["secret_headers"]!.DeepClone() };
        });

        Assert.DoesNotContain((string)stored["password"]!["$secret"]!, seen);
        Assert.Equal("p", (string?)Secrets.Reveal(id, migrated)["client"]!["key"]);
        Assert.True(JsonNode.DeepEquals(stored["secret_headers"], migrated["secret_headers"]));
        Assert.Throws<InvalidOperationException>(
            () => Secrets.Migrate(id, null, stored, _ => StoreHost.Json("""{"password":{"$secret":"made up"}}""")));
    }

    private JsonObject Seal(string config, JsonObject? previous = null) => Secrets.Seal(new SealRequest
    {
        Contract = Contract, IntegrationId = id, Previous = previous, Incoming = StoreHost.Json(config),
    });
}
