using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Documents;

namespace Vaka.Plugins.Host.Commands;

/// <summary><c>integrations export</c>, <c>plan</c>, <c>apply</c>: configuration as a document.</summary>
internal static class IntegrationsCommand
{
    private const int Changes = 2;

    public static Command Create(CommandHost host) => new("integrations", "All integrations of the platform or a tenant as one document")
    {
        Export(host), Plan(host), Apply(host),
    };

    private static Option<Guid?> Tenant => new("--tenant") { Description = "Whose integrations; left out: the platform's." };

    private static Option<FileInfo?> PassphraseFile => new("--passphrase-file") { Description = "A file with the passphrase that seals the secrets." };

    private static Option<bool> Prune => new("--prune") { Description = "Delete integrations that the document does not name." };

    private static Argument<FileInfo> File => new("FILE") { Description = "The document, in JSON or, ending in .yaml or .yml, in YAML." };

    private static Command Export(CommandHost host)
    {
        var (tenant, passphrase) = (Tenant, PassphraseFile);
        var yaml = new Option<bool>("--yaml") { Description = "Write YAML instead of JSON." };
        var output = new Option<FileInfo?>("--output") { Description = "Where to write it, readable by the owner alone; left out: stdout." };
        var command = new Command("export", "Writes them; without a passphrase their secrets are left out") { tenant, yaml, passphrase, output };
        command.SetAction((parsed, cancellationToken) => host.RunAsync(withPlugins: true, async (services, cancellation) =>
        {
            var text = await services.GetRequiredService<IntegrationExport>().WriteAsync(
                parsed.GetValue(yaml) ? DocumentFormat.Yaml : DocumentFormat.Json, ReadPassphrase(parsed.GetValue(passphrase)),
                Caller.CommandLine with { TenantId = parsed.GetValue(tenant) }, cancellation);
            if (parsed.GetValue(output) is { } file) await WriteAsync(file, text, cancellation);
            else Console.Write(text);
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Plan(CommandHost host)
    {
        var (file, tenant, passphrase, prune) = (File, Tenant, PassphraseFile, Prune);
        var command = new Command("plan", "Shows what applying a document would change. Ends with 0: nothing, 2: something, 1: it cannot be applied")
        {
            file, tenant, passphrase, prune,
        };
        command.SetAction((parsed, cancellationToken) => host.RunAsync(withPlugins: true, async (services, cancellation) =>
        {
            var request = Read(parsed.GetRequiredValue(file), parsed.GetValue(passphrase), parsed.GetValue(prune));
            var caller = Caller.CommandLine with { TenantId = parsed.GetValue(tenant) };
            var plan = (await services.GetRequiredService<DocumentPlanner>().PlanAsync(request, caller, cancellation)).Plan;
            Show(plan);
            Console.WriteLine($"Plan {plan.PlanHash}");
            return plan.HasErrors ? 1 : plan.HasChanges ? Changes : 0;
        }, cancellationToken));
        return command;
    }

    private static Command Apply(CommandHost host)
    {
        var (file, tenant, passphrase, prune) = (File, Tenant, PassphraseFile, Prune);
        var planHash = new Option<string?>("--plan") { Description = "The plan that is to be carried out, as 'plan' printed it; anything else is refused." };
        var command = new Command("apply", "Makes the integrations what a document says: all of it or nothing") { file, tenant, passphrase, prune, planHash };
        command.SetAction((parsed, cancellationToken) => host.RunAsync(withPlugins: true, async (services, cancellation) =>
        {
            var request = Read(parsed.GetRequiredValue(file), parsed.GetValue(passphrase), parsed.GetValue(prune));
            var caller = Caller.CommandLine with { TenantId = parsed.GetValue(tenant) };
            Show(await services.GetRequiredService<DocumentApply>().ApplyAsync(request, parsed.GetValue(planHash), caller, cancellation));
            return 0;
        }, cancellationToken));
        return command;
    }

    private static void Show(DocumentPlan plan)
    {
        foreach (var item in plan.Items.Where(item => item.Action is not PlanAction.Unchanged || item.Errors.Count > 0 || item.DriftedSecrets.Count > 0))
        {
            Console.WriteLine($"{SnakeCaseEnum.Text(item.Action),-10} {item.IntegrationType} '{item.Name}'");
            foreach (var change in item.Changes) Console.WriteLine($"             {change.Path}: {Text(change.From)} -> {Text(change.To)}");
            foreach (var path in item.NeedsSecrets) Console.WriteLine($"             {path}: this secret is needed");
            foreach (var path in item.DriftedSecrets) Console.WriteLine($"             {path}: another secret is stored than was exported; it stays");
            foreach (var error in item.Errors) Console.WriteLine($"             error: {(error.Path.Length == 0 ? "" : $"{error.Path}: ")}{error.Message}");
        }

        var counts = Enum.GetValues<PlanAction>().Select(action => $"{plan.Items.Count(item => item.Action == action)} {SnakeCaseEnum.Text(action)}");
        Console.WriteLine(string.Join(", ", counts));
    }

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "nothing";

    private static DocumentRequest Read(FileInfo file, FileInfo? passphraseFile, bool prune)
    {
        var format = file.Extension.ToLowerInvariant() is ".yaml" or ".yml" ? DocumentFormat.Yaml : DocumentFormat.Json;
        if (file is { Exists: true, Length: > IntegrationDocument.MaxBytes }) throw DocumentText.TooLarge();
        var (document, passphrase) = DocumentText.Read(ReadFile(file), format);
        return new DocumentRequest(document, ReadPassphrase(passphraseFile) ?? passphrase, prune);
    }

    private static string? ReadPassphrase(FileInfo? file) => file is null ? null : Encoding.UTF8.GetString(ReadFile(file)).TrimEnd('\r', '\n');

    private static byte[] ReadFile(FileInfo file)
    {
        try
        {
            return System.IO.File.ReadAllBytes(file.FullName);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{file.Name} cannot be read: {fault.Message}", fault);
        }
    }

    private static async Task WriteAsync(FileInfo file, string text, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = OwnerOnly.Open(file.FullName, FileMode.Create, FileShare.None);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{file.FullName} cannot be written: {fault.Message}", fault);
        }
    }
}
