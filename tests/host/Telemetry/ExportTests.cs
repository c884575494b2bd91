using System.Net;
using System.Net.Http.Json;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Tests.Data;
using Vaka.Plugins.Testing;

namespace Vaka.Plugins.Host.Tests.Telemetry;

public sealed class ExportTests(SqliteDatabase database) : IClassFixture<SqliteDatabase>
{
    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Calls_WhileTheCollectorIsAway_GoOn(string protocol)
    {
        await using var sink = await HttpPeer.StartAsync();
        await using var host = await RunningHost.StartAsync(
            database, "--Telemetry:Otlp:Endpoint=http://127.0.0.1:1", $"--Telemetry:Otlp:Protocol={protocol}"); // nobody listens on that port
        using var admin = await host.ClientAsync(CallerRole.Admin, Guid.CreateVersion7());
        using var made = await admin.PostAsJsonAsync(
            "integrations", new { name = "Hook", integration_type = "webhook", config = new { url = $"{sink.Address}" } }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);

        for (var i = 0; i < 3; i++)
        {
            using var answer = await admin.PostAsJsonAsync(
                "actions/webhook/push_data", new { input = new { data = 1 } }, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }
}
