using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Vaka.Plugins.Host.Tests.Testing;

/// <summary>Where and as whom.</summary>
public record SampleConfig
{
    [Display(Description = "Where the vendor is.")]
    [Url]
    public required string Url { get; init; }

    [Display(Description = "What it wants to see.")]
    [SecretFor("url")]
    public SecretString? Token { get; init; }
}

public sealed record TimedConfig : SampleConfig, IHasTimeout
{
    [Display(Description = "How long a call may take.")]
    [Range(1, 300)]
    public int TimeoutSeconds { get; init; } = 30;
}

public sealed record SampleInput
{
    [Display(Description = "What it is about.")]
    public required string Text { get; init; }
}

public sealed record SampleOutput(int Status);

/// <summary>Sends one request.</summary>
public class SampleAction<TConfig>(string name, HttpMethod method) : IntegrationAction<TConfig, SampleInput, SampleOutput>
    where TConfig : SampleConfig
{
    public override string Name => name;

    public override string Title => name;

    public override string Description => $"Sends {method}.";

    public override bool IsReadOnly => method == HttpMethod.Get;

    public override bool IsIdempotent => true;

    public override bool IsDestructive => method == HttpMethod.Delete;

    public override async Task<SampleOutput> ExecuteAsync(
        SampleInput input, TConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(method, config.Url, context.DeduplicationKey, config, context, cancellationToken);
        return answer.IsSuccess ? new SampleOutput(answer.StatusCode) : throw answer.ToFailure("The vendor refused. Look at its log.");
    }

    public static async Task<ApiAnswer> SendAsync(
        HttpMethod method, string url, string? key, TConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Headers.Add("X-Token", config.Token?.Reveal());
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await ApiAnswer.SendAsync(context.Http, request, context.Clock, cancellationToken);
    }
}

/// <summary>All that a provider can do right. Each one below makes one mistake.</summary>
public abstract class SampleProvider<TConfig> : IntegrationProvider<TConfig>
    where TConfig : SampleConfig
{
    public override ProviderDescriptor Descriptor => new()
    {
        Type = "sample",
        DisplayName = "Sample",
        Description = "A sample.",
        DocumentationUrl = new Uri("https://vendor.test/docs"),
        Icon = "sample.svg",
        ConfigVersion = 2,
        Reach = [Destination.OfUrl("url")],
    };

    public override IReadOnlyList<IntegrationAction> Actions =>
        [new SampleAction<TConfig>("read", HttpMethod.Get), Write, new SampleAction<TConfig>("delete_thing", HttpMethod.Delete)];

    protected virtual SampleAction<TConfig> Write { get; } = new("write", HttpMethod.Post);

    protected override async Task<ProbeResult> ProbeAsync(TConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        await context.StepAsync("read", async token =>
        {
            var answer = await SampleAction<TConfig>.SendAsync(HttpMethod.Get, config.Url, null, config, context, token);
            return answer.IsSuccess ? "It answers." : throw answer.ToFailure("The vendor refused. Look at its log.");
        }, cancellationToken);
        return ProbeResult.Healthy("The vendor answers.");
    }

    protected override JsonObject MigrateConfig(int fromVersion, JsonObject config)
    {
        foreach (var (before, now) in new[] { ("address", "url"), ("key", "token") })
        {
            if (!config.Remove(before, out var value)) continue;
            config[now] = value;
        }

        return config;
    }
}

public sealed class Flawless : SampleProvider<TimedConfig>;

public sealed class BadType : SampleProvider<TimedConfig>
{
    public override ProviderDescriptor Descriptor => base.Descriptor with { Type = "Not A Type" };
}

public sealed class BadReach : SampleProvider<TimedConfig>
{
    public override ProviderDescriptor Descriptor => base.Descriptor with { Reach = [Destination.OfUrl("nowhere")] };
}

public sealed class Undescribed : SampleProvider<Undescribed.Config>
{
    public sealed record Config : SampleConfig
    {
        public string? Region { get; init; }
    }
}

public sealed class Undocumented : SampleProvider<TimedConfig>
{
    public override ProviderDescriptor Descriptor => base.Descriptor with { DocumentationUrl = null };
}

public sealed class LooseSecret : SampleProvider<LooseSecret.Config>
{
    public sealed record Config : SampleConfig
    {
        [Display(Description = "Sent to nobody knows whom.")]
        public SecretString? Loose { get; init; }
    }
}

public sealed class Fickle : SampleProvider<TimedConfig>
{
    private int asked;

    protected override IEnumerable<ConfigError> Validate(TimedConfig config) =>
        asked++ % 2 == 0 ? [] : [new ConfigError("url", "Now it is wrong.", ConfigSeverity.Warning)];
}

public sealed class Baffled : SampleProvider<TimedConfig>
{
    protected override SampleAction<TimedConfig> Write { get; } = new Action();

    private sealed class Action() : SampleAction<TimedConfig>("write", HttpMethod.Post)
    {
        public override async Task<SampleOutput> ExecuteAsync(
            SampleInput input, TimedConfig config, IntegrationContext context, CancellationToken cancellationToken)
        {
            try
            {
                return await base.ExecuteAsync(input, config, context, cancellationToken);
            }
            catch (IntegrationException failure) when (failure is { Kind: FailureKind.Unavailable, Effect: Effect.None })
            {
                throw new FormatException("The mistake under test.");
            }
        }
    }
}

public sealed class Stubborn : SampleProvider<TimedConfig>
{
    protected override SampleAction<TimedConfig> Write { get; } = new Action();

    private sealed class Action() : SampleAction<TimedConfig>("write", HttpMethod.Post)
    {
        public override async Task<SampleOutput> ExecuteAsync(
            SampleInput input, TimedConfig config, IntegrationContext context, CancellationToken cancellationToken)
        {
            try
            {
                return await base.ExecuteAsync(input, config, context, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                throw new IntegrationException(FailureKind.Unavailable, "The vendor is slow.");
            }
        }
    }
}

public sealed class Unbounded : SampleProvider<Unbounded.Config>
{
    public sealed record Config : SampleConfig, IHasTimeout
    {
        [Display(Description = "How long a call may take.")]
        public int TimeoutSeconds { get; init; } = 30;
    }
}

public sealed class Talkative : SampleProvider<TimedConfig>
{
    protected override Task<ProbeResult> ProbeAsync(TimedConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        context.Logger.LogInformation("Probing with {Token}", config.Token?.Reveal());
        return base.ProbeAsync(config, context, cancellationToken);
    }
}

public sealed class Revealing : SampleProvider<Revealing.Config>
{
    public sealed record Config : SampleConfig
    {
        public override string ToString() => $"token {Token?.Reveal()}";
    }
}

public sealed class Meddling : SampleProvider<TimedConfig>
{
    protected override async Task<ProbeResult> ProbeAsync(TimedConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var answer = await SampleAction<TimedConfig>.SendAsync(HttpMethod.Post, config.Url, null, config, context, cancellationToken);
        return answer.IsSuccess ? ProbeResult.Healthy("It takes what is sent.") : throw answer.ToFailure("It did not take it.");
    }
}

public sealed class Hasty : SampleProvider<TimedConfig>
{
    protected override SampleAction<TimedConfig> Write { get; } = new Action();

    private sealed class Action() : SampleAction<TimedConfig>("write", HttpMethod.Post)
    {
        public override async Task<ActionPreview?> PreviewAsync(
            SampleInput input, TimedConfig config, IntegrationContext context, CancellationToken cancellationToken)
        {
            await ExecuteAsync(input, config, context, cancellationToken);
            return new ActionPreview("It was done already.");
        }
    }
}

public sealed class Trusting : SampleProvider<TimedConfig>
{
    protected override SampleAction<TimedConfig> Write { get; } = new Action();

    private sealed class Action() : SampleAction<TimedConfig>("write", HttpMethod.Post)
    {
        public override async Task<SampleOutput> ExecuteAsync(
            SampleInput input, TimedConfig config, IntegrationContext context, CancellationToken cancellationToken)
        {
            var answer = await SendAsync(HttpMethod.Post, config.Url, context.DeduplicationKey, config, context, cancellationToken);
            if (!answer.IsSuccess) throw answer.ToFailure("The vendor refused. Look at its log.");
            return new SampleOutput(answer.Json!.Value.GetProperty("id").GetInt32()); // the mistake under test
        }
    }
}

public sealed class Forgetful : SampleProvider<TimedConfig>
{
    protected override JsonObject MigrateConfig(int fromVersion, JsonObject config) => config;
}

public sealed class FalselyReadOnly : SampleProvider<TimedConfig>
{
    protected override SampleAction<TimedConfig> Write { get; } = new Action();

    private sealed class Action() : SampleAction<TimedConfig>("write", HttpMethod.Post)
    {
        public override bool IsReadOnly => true;
    }
}

public sealed class FalselyIdempotent : SampleProvider<TimedConfig>
{
    protected override SampleAction<TimedConfig> Write { get; } = new Action();

    private sealed class Action() : SampleAction<TimedConfig>("write", HttpMethod.Post)
    {
        public override async Task<SampleOutput> ExecuteAsync(
            SampleInput input, TimedConfig config, IntegrationContext context, CancellationToken cancellationToken)
        {
            var answer = await SendAsync(HttpMethod.Post, config.Url, null, config, context, cancellationToken);
            return answer.IsSuccess ? new SampleOutput(answer.StatusCode) : throw answer.ToFailure("The vendor refused. Look at its log.");
        }
    }
}

public sealed class Harmless : SampleProvider<TimedConfig>
{
    public override IReadOnlyList<IntegrationAction> Actions => [new SampleAction<TimedConfig>("read", HttpMethod.Get), Write, new Action()];

    private sealed class Action() : SampleAction<TimedConfig>("delete_thing", HttpMethod.Delete)
    {
        public override bool IsDestructive => false;
    }
}

public sealed class Unsure : SampleProvider<TimedConfig>
{
    protected override SampleAction<TimedConfig> Write { get; } = new Action();

    private sealed class Action() : SampleAction<TimedConfig>("write", HttpMethod.Post)
    {
        public override async Task<SampleOutput> ExecuteAsync(
            SampleInput input, TimedConfig config, IntegrationContext context, CancellationToken cancellationToken)
        {
            try
            {
                return await base.ExecuteAsync(input, config, context, cancellationToken);
            }
            catch (IntegrationException failure)
            {
                throw new IntegrationException(failure.Kind, failure.Message);
            }
        }
    }
}

public sealed class Cocksure : SampleProvider<TimedConfig>
{
    protected override SampleAction<TimedConfig> Write { get; } = new Action();

    private sealed class Action() : SampleAction<TimedConfig>("write", HttpMethod.Post)
    {
        public override async Task<SampleOutput> ExecuteAsync(
            SampleInput input, TimedConfig config, IntegrationContext context, CancellationToken cancellationToken)
        {
            try
            {
                return await base.ExecuteAsync(input, config, context, cancellationToken);
            }
            catch (IntegrationException failure)
            {
                throw new IntegrationException(failure.Kind, failure.Message) { Effect = Effect.None };
            }
        }
    }
}

public sealed class Plain : SampleProvider<TimedConfig>
{
    public override ProviderDescriptor Descriptor => base.Descriptor with { Icon = null };
}

public sealed class Undeclared : SampleProvider<TimedConfig>
{
    public override ProviderDescriptor Descriptor => base.Descriptor with { Reach = null };
}

public sealed class Straying : SampleProvider<TimedConfig>
{
    public override ProviderDescriptor Descriptor => base.Descriptor with { Reach = [Destination.At("api.vendor.test")] };
}
