using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Host.Tests.Integrations.Secrets;

/// <summary>What the host, its web server, its HTTP client and its database driver tell of their work.</summary>
public abstract class TraceTests
{
    private const string Secret = "canary6b1d93f2a7";

    private readonly TestDatabase database;
    private readonly ConcurrentQueue<string> told = new();

    protected TraceTests(TestDatabase database)
    {
        database.SkipUnlessAvailable();
        this.database = database;
    }

    [Fact]
    public async Task Secrets_SavedTestedAndUsed_AreInNoTraceMetricOrLog()
    {
        using var traces = Traces();
        using var metrics = Metrics();
        await using var host = await RunningHost.StartAsync(database);
        await using var sink = await HttpPeer.StartAsync();
        var tenant = Guid.CreateVersion7();
        using var admin = await host.ClientAsync(CallerRole.Admin, tenant);
        using var service = await host.ClientAsync(CallerRole.Service, tenant);
        foreach (var (name, auth) in new (string, object)[]
        {
            ("basic", new { type = "basic", username = "vaka", password = Secret }), ("bearer", new { type = "bearer", token = Secret }),
            ("query", new { type = "api_key", name = "key", value = Secret, @in = "query" }),
            ("oauth2", new { type = "oauth2_client_credentials", token_url = $"{sink.Address}", client_id = "vaka", client_secret = Secret }),
        })
        {
            var config = new { url = $"{sink.Address}", auth, secret_headers = new Dictionary<string, string> { ["X-Secret"] = Secret } };
            using var made = await admin.PostAsJsonAsync("integrations", new { name, integration_type = "webhook", config });
            var id = (string?)(await made.Content.ReadFromJsonAsync<JsonObject>())?["id"];
            sink.Otherwise(name == "oauth2" ? HttpAnswers.Json($$"""{"access_token":"{{Secret}}"}""") : HttpAnswers.Json("{}"));
            foreach (var (caller, path, body) in new (HttpClient, string, object)[]
            {
                (service, "actions/webhook/push_data", new { input = new { data = 1 }, integration = name }),
                (admin, $"integrations/{id}/test", new { }), (admin, "integrations/test", new { integration_type = "webhook", config }),
                (admin, "integrations", new { name = "wrong", integration_type = "webhook", config = new { url = Secret, signing_secret = Secret } }),
            })
            {
                using var answer = await caller.PostAsJsonAsync(path, body);
            }
        }

        Assert.Contains(sink.Requests, request => request.Header("X-Secret") == Secret);
        Assert.Contains(told, line => line.StartsWith("Microsoft.AspNetCore ", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("System.Net.Http ", StringComparison.Ordinal));
        Assert.Contains(told, line => line.Contains($"server.port: {sink.Address.Port}"));
        foreach (var form in new[] { Secret, Convert.ToBase64String(Encoding.UTF8.GetBytes($"vaka:{Secret}")) })
        {
            Assert.DoesNotContain(told, line => line.Contains(form));
            host.Log.AssertNever(form);
        }
    }

    private ActivityListener Traces()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => told.Enqueue(
                $"{span.Source.Name} {span.DisplayName} {span.StatusDescription} {Lines(span.TagObjects)} {Lines(span.Baggage)} "
                + string.Join(' ', span.Events.Select(happened => $"{happened.Name} {Lines(happened.Tags)}"))),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private MeterListener Metrics()
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, self) => self.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => told.Enqueue($"{instrument.Name} {Lines(tags.ToArray())}"));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => told.Enqueue($"{instrument.Name} {Lines(tags.ToArray())}"));
        listener.Start();
        return listener;
    }

    private static string Lines<T>(IEnumerable<KeyValuePair<string, T>> tags) => string.Join('\n', tags.Select(tag => $"{tag.Key}: {tag.Value}"));
}

public sealed class TraceOnSqliteTests(SqliteDatabase database) : TraceTests(database), IClassFixture<SqliteDatabase>;

public sealed class TraceOnPostgresTests(PostgresDatabase database) : TraceTests(database), IClassFixture<PostgresDatabase>;
