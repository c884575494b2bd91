using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;

namespace Vaka.Plugins.Host.Tests.Testing;

public record SampleConfig
{
    [Display(Description = "Where the vendor is.")]
    public required string Host { get; init; }

    [Display(Description = "What it wants to see.")]
    [SecretFor("host")]
    public SecretString? Token { get; init; }
}

public sealed record AskInput
{
    [Display(Description = "What to ask.")]
    public required string Question { get; init; }
}

public sealed record AskOutput(string Answer);

/// <summary>Connects, and is content with whatever answers.</summary>
public class Ask<TConfig> : IntegrationAction<TConfig, AskInput, AskOutput>
    where TConfig : SampleConfig
{
    public override string Name => "ask";

    public override string Title => "Ask";

    public override string Description => "Asks the vendor.";

    public override async Task<AskOutput> ExecuteAsync(
        AskInput input, TConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        await using var stream = await context.Network.ConnectAsync(config.Host, 443, cancellationToken);
        return await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, cancellationToken) == 1 ? new AskOutput("!") : throw new IntegrationException(
            FailureKind.Unavailable, "The vendor hung up.");
    }
}

public abstract class SampleProvider<TConfig> : IntegrationProvider<TConfig>
    where TConfig : SampleConfig
{
    public override ProviderDescriptor Descriptor => new() { Type = "sample", DisplayName = "Sample", Description = "A sample." };

    public override IReadOnlyList<IntegrationAction> Actions { get; } = [new Ask<TConfig>()];

    protected override async Task<ProbeResult> ProbeAsync(TConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        await context.StepAsync("tcp", async token =>
        {
            await using var stream = await context.Network.ConnectAsync(config.Host, 443, token);
            await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, token);
            return "Connected.";
        }, cancellationToken);
        return ProbeResult.Error(FailureKind.Unavailable, "The vendor does not make sense.");
    }
}

public sealed class GoodProvider : SampleProvider<SampleConfig>;

/// <summary>Every mistake that shows without a call.</summary>
public sealed class BadlyDescribed : SampleProvider<BadlyDescribed.Config>
{
    public override ProviderDescriptor Descriptor => base.Descriptor with { Type = "Not A Type" };

    public override IReadOnlyList<IntegrationAction> Actions { get; } = [new Purge()];

    public sealed record Config : SampleConfig
    {
        public string? Undescribed { get; init; }

        [Display(Description = "Sent to nobody knows whom.")]
        public SecretString? Loose { get; init; }

        [Display(Description = "Sent to a field that is not there.")]
        [SecretFor("hostname")]
        public SecretString? Misled { get; init; }

        [Display(Description = "No JSON for this.")]
        public IntPtr Unbindable { get; init; }
    }

    private sealed class Purge : Ask<Config>
    {
        public override bool IsReadOnly => true;

        public override bool IsDestructive => true;
    }
}

/// <summary>Shows its secret wherever it can, and does not listen.</summary>
public sealed class Leaky : SampleProvider<Leaky.Config>
{
    private int asked;

    public sealed record Config : SampleConfig
    {
        public override string ToString() => $"token {Token?.Reveal()}";
    }

    protected override IEnumerable<ConfigError> Validate(Config config) =>
        asked++ % 2 == 0 ? [] : [new ConfigError("host", "Now it is wrong.", ConfigSeverity.Warning)];

    protected override async Task<ProbeResult> ProbeAsync(Config config, IntegrationContext context, CancellationToken cancellationToken)
    {
        context.Logger.LogInformation("Probing with {Config}", config);
        try
        {
            await using var stream = await context.Network.ConnectAsync(config.Host, 443, CancellationToken.None);
            await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception)
        {
            // The mistake under test.
        }

        return ProbeResult.Error(FailureKind.Unavailable, "It did not work.");
    }
}

/// <summary>Throws what nobody expects, and forgets to say that nothing was done.</summary>
public sealed class Throwing : SampleProvider<SampleConfig>
{
    public override IReadOnlyList<IntegrationAction> Actions { get; } = [new Careless()];

    protected override Task<ProbeResult> ProbeAsync(SampleConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        throw new FormatException();

    private sealed class Careless : Ask<SampleConfig>
    {
        public override async Task<AskOutput> ExecuteAsync(
            AskInput input, SampleConfig config, IntegrationContext context, CancellationToken cancellationToken)
        {
            try
            {
                return await base.ExecuteAsync(input, config, context, cancellationToken);
            }
            catch (IntegrationException exception)
            {
                throw new IntegrationException(exception.Kind, exception.Message);
            }
        }
    }
}
