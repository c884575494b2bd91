using System.Text.Json.Nodes;
using CsCheck;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Sso.Tests.Logins;

public sealed class AttributeMappingTests : IAsyncDisposable
{
    private readonly ProviderTestContext test = new();

    [Fact]
    public void Map_NoMapping_KeepsNames() => AssertMapped(
        """{"email":"a@x","groups":["b","a"],"blank":""}""",
        Arrived(("email", ["a@x"]), ("groups", ["b", "a"]), ("blank", [""]), ("none", [])));

    [Fact]
    public void Map_Sources_FirstWithAValueCounts() => AssertMapped(
        """{"mail":"c"}""",
        Arrived(("a", []), ("b", [" "]), ("c", ["c"]), ("d", ["d"])),
        new MappedAttribute { Target = "mail", Sources = ["x", "a", "b", "c", "d"] });

    [Fact]
    public void Map_Missing_IsLeftOutOrDefault() => AssertMapped(
        """{"b":"otherwise","c":["otherwise"]}""",
        Arrived(("x", ["1"])),
        new MappedAttribute { Target = "a", Sources = ["y"] },
        new MappedAttribute { Target = "b", Sources = ["y"], Default = "otherwise", Required = true },
        new MappedAttribute { Target = "c", Sources = ["y"], Default = "otherwise", Multiple = true });

    [Fact]
    public void Map_Multiple_IsAListEvenOfOne() => AssertMapped(
        """{"a":["1"],"b":["2","3"]}""",
        Arrived(("x", ["1"]), ("y", ["2", "3"])),
        new MappedAttribute { Target = "a", Sources = ["x"], Multiple = true },
        new MappedAttribute { Target = "b", Sources = ["y"], Multiple = true });

    [Fact]
    public void Map_Values_AreTranslatedAndUnnamedDropped() => AssertMapped(
        """{"roles":["admin"],"role":"admin","level":"none"}""",
        Arrived(("groups", ["eng", "root", "ROOT", "ops"])),
        new MappedAttribute { Target = "roles", Sources = ["groups"], Multiple = true, Values = Roles },
        new MappedAttribute { Target = "role", Sources = ["groups"], Values = Roles },
        new MappedAttribute { Target = "level", Sources = ["groups"], Values = new Dictionary<string, string> { ["x"] = "y" }, Default = "none" });

    [Fact]
    public void Map_RequiredMissing_NamesWhatArrived()
    {
        var message = Refused(
            Arrived(("mail", ["secret@x"]), ("groups", ["g"])), new MappedAttribute { Target = "email", Sources = ["email", "upn"], Required = true });
        Assert.Contains("'email', 'upn' arrived. Arrived: 'mail', 'groups'.", message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@x", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_RequiredAndNoValueNamed_SaysSo() => Assert.Contains(
        "map of values",
        Refused(Arrived(("groups", ["eng"])), new MappedAttribute { Target = "roles", Sources = ["groups"], Required = true, Values = Roles }),
        StringComparison.Ordinal);

    [Fact]
    public void Map_SeveralForOne_IsRefused()
    {
        var message = Refused(Arrived(("mail", ["a@x", "b@x"])), new MappedAttribute { Target = "email", Sources = ["mail"] });
        Assert.Contains("2 arrived as 'mail'", message, StringComparison.Ordinal);
        Assert.DoesNotContain("@x", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_ManyNames_AreCut() => Assert.True(
        Refused(Arrived([.. Enumerable.Range(0, 500).Select(i => ($"name-{i}", new[] { "v" }))]), new MappedAttribute { Target = "a", Sources = ["b"], Required = true })
            .Length < 2000);

    /// <summary>Whatever arrives, every value of the result arrived, is named in the mapping, or is a default; and every target is a text or
    /// a list as the mapping says.</summary>
    [Fact]
    public void Map_Anything_InventsNothing()
    {
        string[] words = ["a", "b", "c", "", " ", "ä"];
        var word = Gen.Int[0, words.Length - 1].Select(index => words[index]);
        var values = Gen.Select(word.Array[0, 3], items => (IReadOnlyList<string>)items);
        var arrived = Gen.Dictionary(word, values)[0, 5].Select(items => (IReadOnlyDictionary<string, IReadOnlyList<string>>)items);
        var attribute = Gen.Select(word, word.Array[1, 3], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Dictionary(word, word)[0, 3]).Select(
            (target, sources, required, multiple, hasDefault, map) => new MappedAttribute
            {
                Target = target, Sources = sources, Required = required, Multiple = multiple, Default = hasDefault ? "default" : null, Values = map,
            });
        Gen.Select(arrived, attribute.Array[1, 4]).Sample((given, mapping) =>
        {
            JsonObject mapped;
            try
            {
                mapped = AttributeMapping.Map(given, mapping, new LoginTrace(test.Create()));
            }
            catch (IntegrationException refusal)
            {
                return refusal.Kind is FailureKind.Rejected;
            }

            return mapped.All(member => mapping.Where(one => one.Target == member.Key).Any(one => Explains(one, member.Value!, given)))
                && mapping.All(one => !one.Required || mapped.ContainsKey(one.Target));
        });
    }

    public ValueTask DisposeAsync() => test.DisposeAsync();

    private static Dictionary<string, string> Roles => new() { ["root"] = "admin", ["ops"] = "admin" };

    private static bool Explains(MappedAttribute one, JsonNode value, IReadOnlyDictionary<string, IReadOnlyList<string>> given)
    {
        if (one.Multiple != value is JsonArray) return false;
        var texts = value is JsonArray list ? list.Select(item => (string)item!).ToList() : [(string)value!];
        var sent = one.Sources.SelectMany(source => given.GetValueOrDefault(source) ?? []);
        var possible = (one.Values.Count is 0 ? sent : sent.Where(one.Values.ContainsKey).Select(item => one.Values[item])).ToHashSet();
        return texts.Count > 0 && (texts.All(possible.Contains) || texts is [var only] && only == one.Default);
    }

    private static Dictionary<string, IReadOnlyList<string>> Arrived(params (string Name, string[] Values)[] items) =>
        items.ToDictionary(item => item.Name, item => (IReadOnlyList<string>)item.Values);

    private void AssertMapped(string expected, Dictionary<string, IReadOnlyList<string>> arrived, params MappedAttribute[] mapping) =>
        Assert.Equal(expected, AttributeMapping.Map(arrived, mapping, new LoginTrace(test.Create())).ToJsonString());

    private string Refused(Dictionary<string, IReadOnlyList<string>> arrived, params MappedAttribute[] mapping)
    {
        var refusal = Assert.Throws<IntegrationException>(() => AttributeMapping.Map(arrived, mapping, new LoginTrace(test.Create())));
        Assert.Equal(FailureKind.Rejected, refusal.Kind);
        Assert.Equal(("attributes", false), (test.Steps[^1].Name, test.Steps[^1].Ok));
        return refusal.Message;
    }
}
