using System.CommandLine;
using Vaka.Plugins.Host.Integrations.Secrets;

namespace Vaka.Plugins.Host.Commands;

/// <summary><c>secrets reencrypt</c>.</summary>
internal static class SecretsCommand
{
    public static Command Create(CommandHost host) => new("secrets", "Stored secrets") { Reencrypt(host) };

    private static Command Reencrypt(CommandHost host)
    {
        var command = new Command("reencrypt", "Puts every stored secret under the current master key, beside running hosts");
        command.SetAction((_, cancellationToken) => host.RunAsync(withPlugins: false, RunAsync, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var reencryption = services.GetRequiredService<Reencryption>();
        var problems = 0;
        ReencryptionStep? total = null;
        await foreach (var step in reencryption.RunAsync(cancellationToken))
        {
            foreach (var problem in step.Problems) await Console.Error.WriteLineAsync(problem);
            problems += step.Problems.Count;
            if (total is not null && total.Table != step.Table) Show(total);
            total = total?.Table == step.Table
                ? step with { Rows = total.Rows + step.Rows, Renewed = total.Renewed + step.Renewed }
                : step;
            if (total.Rows > 0 && total.Rows % 10_000 == 0) Show(total, " so far");
        }

        if (total is not null) Show(total);
        Console.WriteLine(await reencryption.IsCurrentKeyEnoughAsync(cancellationToken)
            ? "The current master key is enough: take Secrets:PreviousMasterKeyFile out of the settings, if it is there, and restart the hosts."
            : "The previous master key is still needed: a key of the ring is under it and cannot be decrypted.");
        if (problems == 0) return 0;
        await Console.Error.WriteLineAsync(
            $"{problems} could not be re-encrypted, see above; everything else was. Give an integration's secret again in /integrations page.");
        return 1;
    }

    private static void Show(ReencryptionStep total, string soFar = "") =>
        Console.WriteLine($"{total.Table,-24} {total.Rows} read, {total.Renewed} re-encrypted{soFar}");
}
