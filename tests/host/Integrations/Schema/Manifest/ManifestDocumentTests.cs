using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Integrations.Schema.Manifest;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Host.Tests.Plugins;
using Vaka.Plugins.Host.Tests.Plugins.Loading;

namespace Vaka.Plugins.Host.Tests.Integrations.Schema.Manifest;

public class ManifestDocumentTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>
{
    [Fact]
    public async Task Write_LoadedPlugins_IsTheDocument()
    {
        using var plugins = PluginDirectory.With("good", "clashing-dependency", "throws-in-constructor");
        var contracts = new ProviderContracts();
        await using var host = await PluginHost.LoadAsync(database, plugins, contracts);

        var text = ManifestDocument.Write(host.Catalog, contracts);

        Assert.Equal(
            """
            # Providers

            Written by `dotnet run --project host -- plugins manifest` from the plugins that are loaded. Do not edit it: run that command.

            | type | provider | version | contract | claimed grade | actions |
            | --- | --- | --- | --- | --- | --- |
            | `fixture_clashing` | fixture\_clashing | 0.1.0 | 1.0 |  | `show_version` |
            | `fixture_good` | Fixture | 2.3.4-fixture.1 | 1.0 |  | `echo`, `fail`, `crash`, `hang`, `block`, `remember`, `wipe`, `backstage` |

            ## fixture\_clashing (`fixture_clashing`)

            A fixture.

            Version 0.1.0, contract 1.0, config version 1.

            Conformance: no grade claimed.

            Reach: declares no destinations: may reach any public address.

            ### Config

            None.

            ### Actions

            | action | title | read-only | idempotent | destructive | tenant-safe | internal | description |
            | --- | --- | --- | --- | --- | --- | --- | --- |
            | `show_version` | Show the version | yes |  |  |  |  | Answers which version of System.CommandLine it runs with. |

            ## Fixture (`fixture_good`)

            Does everything that a provider can do and reaches nothing.

            Version 2.3.4-fixture.1, contract 1.0, config version 2. Documentation: <https://example.com/fixture>

            Conformance: no grade claimed.

            Reach: connects to the host of endpoint.

            ### Config

            | field | type | required | default | secret | description |
            | --- | --- | --- | --- | --- | --- |
            | `endpoint` | text (uri) | yes |  |  | Endpoint: Where the fixture would be. |
            | `port` | integer, 1 to 65535 |  | `443` |  | Port |
            | `use_tls` | true or false |  | `true` |  | Use TLS |
            | `token` | text |  |  | yes | Token: Shown to nobody. |
            | `region` | text |  |  |  | Region |
            | `mode` | one of: fast, careful |  | `"fast"` |  | Mode |
            | `account` | object |  |  |  | Account. Only with mode careful. |
            | `account.user` | text | yes |  |  | User |
            | `account.password` | text |  |  | yes | Password |
            | `tags` | list of text |  | `[]` |  | Tags |
            | `labels` | map of text |  | `{}` |  | Labels |
            | `secret_labels` | map of text |  | `{}` | yes | Secret labels |
            | `timeout_seconds` | integer, 1 to 300 seconds |  | `30` |  | Timeout |

            ### Actions

            | action | title | read-only | idempotent | destructive | tenant-safe | internal | description |
            | --- | --- | --- | --- | --- | --- | --- | --- |
            | `echo` | Echo | yes | yes |  | yes |  | Answers its input, and which config and context it ran with. |
            | `fail` | Fail |  |  |  | yes |  | Fails in the way that its input asks for. |
            | `crash` | Crash |  |  |  | yes |  | Throws an exception whose message must not be shown. |
            | `hang` | Hang |  |  |  | yes |  | Waits until it is cancelled. |
            | `block` | Block |  |  |  | yes |  | Holds its thread and does not heed that it is cancelled. |
            | `remember` | Remember |  |  |  |  |  | Uses one kind of memory that outlives the call: state, one-time values or a shared resource. |
            | `wipe` | Wipe |  |  | yes |  |  | Says that it destroys, so that whoever asks for confirmation does; it does nothing. |
            | `backstage` | Backstage |  |  |  |  | yes | Run only by the host's own services. |

            """.ReplaceLineEndings("\n"),
            text);
    }

    [Fact]
    public async Task Write_DisabledProvider_IsListedAllTheSame()
    {
        using var plugins = PluginDirectory.With("good");
        var contracts = new ProviderContracts();
        await using var host = await PluginHost.LoadAsync(database, plugins, contracts);
        var before = ManifestDocument.Write(host.Catalog, contracts);

        await host.Get<ProviderSwitch>().DisableAsync("fixture_good", Caller.CommandLine, CancellationToken.None);

        Assert.Equal(PluginState.Disabled, host.Catalog.Find("fixture_good")!.State);
        Assert.Equal(before, ManifestDocument.Write(host.Catalog, contracts));
    }

    [Fact]
    public void ConfigFields_UnionsAndNestedCollections_AreFollowed()
    {
        var schema = Parse("""
            {"properties":{
              "auth":{"oneOf":[
                {"type":"object","properties":{"type":{"type":"string","const":"none"}},"required":["type"]},
                {"type":"object","properties":{"type":{"type":"string","const":"bearer"},"token":{"type":"string","writeOnly":true}},"required":["type","token"]},
                {"type":"null"}]},
              "rules":{"type":"array","items":{"type":"object","properties":{"limit":{"type":["integer","null"],"minimum":1}}}},
              "anything":{}
            },"required":["auth"]}
            """);

        Assert.Equal(
            [
                new("auth", "object, one of: none, bearer", true, null, false, ""),
                new("auth.token", "text", true, null, true, "With auth.type bearer: "),
                new("rules", "list of object", false, null, false, ""),
                new("rules[].limit", "integer, at least 1", false, null, false, ""),
                new("anything", "any JSON", false, null, false, ""),
            ],
            ConfigField.Read(schema));
    }

    [Fact]
    public void Write_TextThatIsMarkup_StandsForItself()
    {
        var schema = Parse("""{"properties":{"a":{"type":"string","description":"one | two\n<b>","default":"x|`y`"}}}""");
        var plugin = ProviderRulesTests.Load(new ProviderDescriptor { Type = "acme", DisplayName = "A*c*me", Description = "Line one.\nLine two." });

        var text = ManifestDocument.Write([plugin], _ => schema);

        Assert.Contains("| `a` | text |  | `\"x\\|'y'\"` |  | one \\| two \\<b> |", text);
        Assert.Contains("## A\\*c\\*me (`acme`)\n\nLine one. Line two.\n", text);
    }

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!; // an object
}
