using System.Diagnostics;
using System.Text.Json;
using Vaka.Plugins.Benchmarks.Measuring;
using Vaka.Plugins.Benchmarks.Servers;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Api;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Integrations.Runtime;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Benchmarks.Cases;

/// <summary>Where the processor time of a pushed webhook goes, step by step, each repeated alone.</summary>
internal static class CostsCase
{
    private const int Tries = 10_000;

    /// <summary>In which what the warming up left to be written is written.</summary>
    private static readonly TimeSpan Backlog = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(Table table)
    {
        await using var sink = await ServerProcess.StartRoleAsync(WebhookSink.Role, ServerProcess.FreePort());
        await foreach (var database in Database.EachAsync())
        {
            await using var owned = database;
            await using var rooms = await Rooms.OpenAsync(database);
            await MeasureAsync(table, database.Name, rooms, $"http://127.0.0.1:{sink.Port}/hook");
        }
    }

    private static async Task MeasureAsync(Table table, string database, Rooms rooms, string target)
    {
        var tenant = Guid.CreateVersion7();
        await rooms.CreateAsync("webhook", new { url = target }, tenant);
        var (_, key) = await rooms.Get<ApiKeys>().CreateAsync(
            new NewApiKey("bench", CallerRole.Service, tenant), Caller.CommandLine, CancellationToken.None);
        var caller = new Caller { Name = "key:bench", Role = CallerRole.Service, HomeTenantId = tenant, TenantId = tenant };
        var integration = (await rooms.Get<IntegrationResolver>().ResolveAsync("webhook", tenant, null, CancellationToken.None)).Integration;
        var action = integration.Plugin.FindAction("push_data")!; // the provider has it
        var contracts = rooms.Get<ProviderContracts>();
        var (input, output) = (contracts.Input(integration.Plugin, action), contracts.Output(integration.Plugin, action));
        var bodyContract = JsonContract.Create(typeof(InvokeBody), null);

        ReadOnlyMemory<byte> inputJson = JsonSerializer.SerializeToUtf8Bytes(new { data = WebhookCase.Data });
        ReadOnlyMemory<byte> bodyJson = JsonSerializer.SerializeToUtf8Bytes(new { input = new { data = WebhookCase.Data } });
        var bound = input.Bind(inputJson).Value!; // it is valid
        var contexts = rooms.Get<ContextFactory>();
        var request = new ActionRequest { Type = "webhook", Action = "push_data", Input = inputJson, Caller = caller };

        await StepAsync("key: look up and hash", async () => await rooms.Get<ApiKeys>().FindAsync(key.AsMemory(), null, CancellationToken.None));
        await StepAsync("body: bind", () => Done(bodyContract.Bind(bodyJson)));
        await StepAsync("input: bind", () => Done(input.Bind(inputJson)));
        await StepAsync("context: make and release", async () => await Context().DisposeAsync());
        object? answer = null;
        await StepAsync("action: post to the sink", async () =>
        {
            var lease = Context();
            answer = await action.InvokeAsync(bound, integration.Config, lease.Context, CancellationToken.None);
            await lease.DisposeAsync();
        });
        using var plain = new HttpClient();
        await StepAsync("(the same post with a plain HttpClient)", async () =>
        {
            using var response = await plain.PostAsJsonAsync(target, WebhookCase.Data);
            await response.Content.ReadAsStringAsync();
        });
        ReadOnlyMemory<byte> json = default;
        await StepAsync("output: to JSON", () => Done(json = output.Serialize(answer!))); // the step before gave one

        var recorder = rooms.NewRecorder();
        await recorder.StartAsync(CancellationToken.None);
        await StepAsync("record: mask and write", async () =>
        {
            var now = DateTimeOffset.UtcNow;
            var run = new Run(Guid.CreateVersion7(), now, request, input) { Integration = integration };
            await recorder.RecordAsync(run.Succeeded(json, output, now), CancellationToken.None);
        }, () => recorder.StopAsync(CancellationToken.None));

        var runner = rooms.Get<ActionRunner>();
        var shared = rooms.Get<ExecutionRecorder>();
        await shared.StartAsync(CancellationToken.None);
        await StepAsync("everything from the runner on", async () => await runner.RunAsync(request, CancellationToken.None),
            () => shared.StopAsync(CancellationToken.None));

        ContextLease Context()
        {
            var id = Guid.CreateVersion7();
            return contexts.Create(
                integration, new ContextRequest { CallerTenantId = tenant, ExecutionId = id, DeduplicationKey = id.ToString("N") });
        }

        async Task StepAsync(string name, Func<Task> one, Func<Task>? finish = null)
        {
            for (var i = 0; i < Tries / 4; i++) await one();
            if (finish is not null) await Task.Delay(Backlog);
            var self = Process.GetCurrentProcess();
            var cpu = Machine.CpuOf(self);
            var bytes = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Tries; i++) await one();
            if (finish is not null) await finish();
            var used = (Machine.CpuOf(self) - cpu).TotalMicroseconds / Tries;
            var kibibytes = (GC.GetTotalAllocatedBytes(precise: true) - bytes) / 1024.0 / Tries;
            table.Note($"{database}, {name}: {Table.Number(used, "0.0")} µs and {Table.Number(kibibytes, "0.0")} KiB");
        }
    }

    private static Task Done(object? _) => Task.CompletedTask;
}
