using System.Net;
using CsCheck;
using Vaka.Plugins.EndToEnd.Tests.Hosts;

namespace Vaka.Plugins.EndToEnd.Tests;

/// <summary>Random sequences of calls by three tenants and the platform, held after every step against a small model of who serves whom and
/// who sees what.</summary>
public abstract class ModelTests
{
    private static readonly string[] Names = ["a", "b"];

    private static readonly string[] Fallbacks = ["when_inactive", "never"];

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Enum<Act>(), Gen.Int[0, 3], Gen.Int[0, 1].Select(i => Names[i]), Gen.Bool, Gen.Int[0, 1].Select(i => Fallbacks[i]),
        (act, who, name, flag, fallback) => new Step(act, who, name, flag, fallback));

    private readonly HostFixture fixture;

    protected ModelTests(HostFixture fixture)
    {
        fixture.SkipUnlessAvailable();
        this.fixture = fixture;
    }

    public enum Act
    {
        Create,
        CreateAgain,
        Activate,
        Deactivate,
        MakeDefault,
        SetFallback,
        Delete,
    }

    [Fact]
    public Task RandomCalls_AgreeWithTheModel() => Steps.List[20, 40].SampleAsync(
        RunAsync, iter: Environment.GetEnvironmentVariable("VAKA_TEST_LONG") == "1" ? 500 : 15, threads: 1);

    private async Task RunAsync(List<Step> steps)
    {
        // The platform's rows are everybody's: each sequence begins without those of the one before.
        foreach (var item in (await fixture.Admin.GetJsonAsync("integrations"))["items"]!.AsArray())
            await fixture.Admin.SendAsync(HttpMethod.Delete, $"integrations/{item!["id"]}", null, HttpStatusCode.NoContent);
        HttpClient[] callers = [fixture.Admin, await TenantAsync(), await TenantAsync(), await TenantAsync()];
        var model = new List<Row>();
        foreach (var step in steps)
        {
            await DoAsync(callers[step.Who], step, model);
            for (var who = 0; who < callers.Length; who++) await CompareAsync(callers[who], who, step.Name, model);
        }
    }

    private async Task<HttpClient> TenantAsync() => await fixture.KeyAsync("admin", Guid.CreateVersion7());

    private static async Task DoAsync(HttpClient caller, Step step, List<Row> model)
    {
        var row = model.Find(row => row.Who == step.Who && row.Name == step.Name);
        switch (step.Act)
        {
            case Act.Create or Act.CreateAgain:
                var expected = row is null ? HttpStatusCode.Created : HttpStatusCode.Conflict;
                var made = await caller.PostAsync("integrations", new
                {
                    name = step.Name, integration_type = "webhook", config = new { url = "https://example.com/" }, is_active = step.Flag,
                }, expected);
                if (row is not null) return;
                model.Add(row = new Row(step.Who, step.Name, made.Text("id")));
                row.SetActive(step.Flag, model);
                break;
            case Act.Activate or Act.Deactivate when row is not null:
                await caller.PostAsync($"integrations/{row.Id}/{(step.Act is Act.Activate ? "activate" : "deactivate")}", new { });
                row.SetActive(step.Act is Act.Activate, model);
                break;
            case Act.MakeDefault when row is not null:
                await caller.PatchAsync($"integrations/{row.Id}", new { is_default = step.Flag });
                foreach (var other in model.Where(other => step.Flag && other.Who == row.Who)) other.IsDefault = false;
                row.IsDefault = step.Flag;
                break;
            case Act.SetFallback when row is not null && step.Who != 0:
                await caller.PatchAsync($"integrations/{row.Id}", new { fallback = step.Fallback });
                row.NeverFallsBack = step.Fallback == "never";
                break;
            case Act.Delete when row is not null:
                await caller.SendAsync(HttpMethod.Delete, $"integrations/{row.Id}", null, HttpStatusCode.NoContent);
                model.Remove(row);
                break;
            case Act.SetFallback when row is not null:
                await caller.PatchAsync(
                    $"integrations/{row.Id}", new { fallback = step.Fallback },
                    step.Fallback == "when_inactive" ? HttpStatusCode.OK : HttpStatusCode.BadRequest);
                break;
            default:
                // Nobody has a row of that name: somebody else's is not found by its id either.
                if (model.Find(other => other.Who != step.Who) is { } foreign)
                    await caller.SendAsync(HttpMethod.Get, $"integrations/{foreign.Id}", null, HttpStatusCode.NotFound);
                break;
        }
    }

    private static async Task CompareAsync(HttpClient caller, int who, string name, List<Row> model)
    {
        var seen = (await caller.GetJsonAsync("integrations"))["items"]!.AsArray().Select(item =>
            $"{item!["name"]} active:{item["is_active"]} default:{item["is_default"]}".ToLowerInvariant());
        Assert.Equal(
            model.Where(row => row.Who == who).Select(row => $"{row.Name} active:{row.IsActive} default:{row.IsDefault}".ToLowerInvariant()).Order(),
            seen.Order());
        foreach (var asked in new[] { null, name })
        {
            var serving = Serving(who, asked, model);
            var path = $"integrations/effective?integration_type=webhook{(asked is null ? "" : $"&name={asked}")}";
            var answer = await caller.GetJsonAsync(path, serving is null ? HttpStatusCode.Conflict : HttpStatusCode.OK);
            if (serving is null) Assert.Equal("integration_not_configured", answer.Text("code"));
            else Assert.Equal(serving.Id, answer["integration"]!["id"]!.GetValue<string>());
        }
    }

    /// <summary>The rules: the tenant's own rows, then the platform's unless one of the tenant's says never; the default first, then the
    /// oldest.</summary>
    private static Row? Serving(int who, string? name, List<Row> model)
    {
        var own = Best(who);
        return own is not null || who == 0 || model.Any(row => row.Who == who && row.NeverFallsBack) ? own : Best(0);

        Row? Best(int owner) => model.Where(row => row.Who == owner && row.IsActive && (name is null || row.Name == name))
            .OrderByDescending(row => row.IsDefault).FirstOrDefault(); // the list is in the order of creation
    }

    private sealed record Step(Act Act, int Who, string Name, bool Flag, string Fallback);

    private sealed class Row(int who, string name, string id)
    {
        public int Who { get; } = who;

        public string Name { get; } = name;

        public string Id { get; } = id;

        public bool IsActive { get; private set; }

        public bool IsDefault { get; set; }

        public bool NeverFallsBack { get; set; }

        /// <summary>The first one that is switched on becomes the default.</summary>
        public void SetActive(bool active, List<Row> model)
        {
            if (active && !IsActive && !model.Any(other => other != this && other.Who == Who && (other.IsActive || other.IsDefault))) IsDefault = true;
            IsActive = active;
        }
    }
}

public sealed class ModelOnSqliteTests(SqliteHost host) : ModelTests(host), IClassFixture<SqliteHost>;

public sealed class ModelOnPostgresTests(PostgresHost host) : ModelTests(host), IClassFixture<PostgresHost>;
