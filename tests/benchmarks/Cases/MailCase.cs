using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Vaka.Plugins.Benchmarks.Measuring;
using Vaka.Plugins.Benchmarks.Servers;

namespace Vaka.Plugins.Benchmarks.Cases;

/// <summary>Small mails with text and HTML over four connections: the action against pooled MailKit and nodemailer, and the host's API
/// against an endpoint that sends with pooled MailKit.</summary>
internal static class MailCase
{
    private const int Connections = 4; // as many as the provider opens
    private const int Callers = 8;

    private static readonly Mail Mail = new(
        ["bot@vaka.test"], "Your order 4711", "Your order is on its way.\n" + new string('x', 60), "<p>Your order is on its way.</p>");

    public static async Task RunAsync(Plan plan, Table table)
    {
        await using var sink = await ServerProcess.StartRoleAsync(MailSink.Role, ServerProcess.FreePort());
        var config = new { smtp_host = "127.0.0.1", smtp_port = sink.Port, smtp_use_tls = false, from_email = "alice@vaka.test", from_name = "Alice" };
        await DirectlyAsync(plan, table, sink.Port, config);

        await using var plain = await ServerProcess.StartRoleAsync(
            PlainApp.Role, ServerProcess.FreePort(), "http://127.0.0.1/", sink.Port.ToString(CultureInfo.InvariantCulture));
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{plain.Port}/") };
        await foreach (var database in Database.EachAsync())
        {
            await using var owned = database;
            await using var host = await HostServer.StartAsync(database, ("smtp", config));
            await table.CompareAsync(
                plan, $"send_email through the API, {database.Name}, {Callers} at once", "/s", null,
                Sides.Calling(Calls.Post(host.Service, "actions/smtp/send_email", new { input = Mail }), Callers, host.Process),
                Sides.Calling(Calls.Post(client, "mail", Mail), Callers, plain.Process));
        }
    }

    private static async Task DirectlyAsync(Plan plan, Table table, int port, object config)
    {
        await using var database = Database.Sqlite();
        await using var rooms = await Rooms.OpenAsync(database);
        var action = await rooms.ActionAsync("smtp", "send_email", config, Mail);
        var self = Process.GetCurrentProcess();
        var ours = Sides.Calling(action, Connections, self);
        var mailKit = new PlainMail(port, Connections);
        await table.CompareAsync(
            plan, $"send_email action against MailKit, {Connections} connections", "/s", 0.9,
            ours, Sides.Calling(() => mailKit.SendAsync(Mail, CancellationToken.None), Connections, self));

        if (Environment.GetEnvironmentVariable("VAKA_TEST_NODE_MODULES") is { } modules)
        {
            await table.CompareAsync(
                plan, $"send_email action against nodemailer, {Connections} connections", "/s", 1.5, ours, Nodemailer(modules, port));
        }
        else
        {
            table.Note("nodemailer was not measured: VAKA_TEST_NODE_MODULES is not set.");
        }
    }

    /// <summary>Starting Node.js and its first second are not counted.</summary>
    private static Side Nodemailer(string modules, int port) => async span =>
    {
        var script = Path.Combine(ServerProcess.Metadata("Source"), "nodemailer.mjs");
        var milliseconds = span.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        var mail = JsonSerializer.Serialize(Mail, JsonSerializerOptions.Web);
        var start = new ProcessStartInfo("node", [script, $"{port}", $"{Connections}", milliseconds, mail])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["NODE_PATH"] = modules;
        using var node = Process.Start(start) ?? throw new InvalidOperationException("Node.js was not started.");
        var result = JsonDocument.Parse(await node.StandardOutput.ReadToEndAsync()).RootElement;
        await node.WaitForExitAsync();
        return new Sample(
            result.GetProperty("sent").GetInt64(), TimeSpan.FromMilliseconds(result.GetProperty("milliseconds").GetDouble()),
            TimeSpan.FromMilliseconds(result.GetProperty("cpu").GetDouble()));
    };
}
