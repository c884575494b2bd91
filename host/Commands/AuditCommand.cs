using System.CommandLine;
using System.Globalization;
using Vaka.Plugins.Host.Access.Sealing;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Commands;

/// <summary><c>audit verify</c>.</summary>
internal static class AuditCommand
{
    private const int Tampered = 2;

    public static Command Create(CommandHost host) => new("audit", "Who changed what") { Verify(host) };

    private static Command Verify(CommandHost host)
    {
        var last = new Option<string?>("--last")
        {
            Description = "A newest seal that was printed before, as NUMBER:HASH: shows whether the end was cut off since.",
        };
        var command = new Command("verify", "Checks the seals of the audit. Ends with 0: intact, 2: tampered with") { last };
        last.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && Read(text) is null) result.AddError("--last takes NUMBER:HASH, as 'audit verify' printed it.");
        });
        command.SetAction((parsed, cancellationToken) => host.RunAsync(withPlugins: false, async (services, cancellation) =>
        {
            var kept = parsed.GetValue(last) is { } text ? Read(text) : null;
            var found = await services.GetRequiredService<AuditVerifier>().RunAsync(kept, cancellation);
            foreach (var finding in found.Findings) Console.WriteLine($"{SnakeCaseEnum.Text(finding.Kind)}: {finding.Message}");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{found.Seals} seals, {found.Events} sealed events, {found.Unsealed} not sealed yet"));
            if (found.Checkpoint is { } checkpoint) Console.WriteLine($"Events up to seal {checkpoint} were pruned.");
            if (found.Last is { } newest) Console.WriteLine($"Last {newest.Number}:{newest.Hash}");
            Console.WriteLine(found.Intact ? "Intact." : "The audit was tampered with.");
            return found.Intact ? 0 : Tampered;
        }, cancellationToken));
        return command;
    }

    private static SealMark? Read(string text) =>
        text.Split(':') is [var number, { Length: 64 } hash] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
            ? new SealMark(parsed, hash) : null;
}
