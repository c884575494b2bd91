using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Plugins.Loading;
using Xunit;

namespace Vaka.Plugins.Testing;

/// <summary>What the host expects of every provider. Derive from it in the plugin's test project and say what a valid config is.</summary>
/// <typeparam name="TProvider">The provider.</typeparam>
/// <example><code>
/// public sealed class SmtpConformanceTests : ProviderConformanceTests&lt;SmtpProvider&gt;
/// {
///     protected override JsonObject ValidConfig => new() { ["smtp_host"] = "mail.example.com", ["from_email"] = "a@example.com" };
/// }
/// </code></example>
public abstract class ProviderConformanceTests<TProvider>
    where TProvider : IIntegrationProvider, new()
{
    // Ends a test whose provider ignores cancellation; a provider that obeys never gets near it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TProvider provider = new();

    /// <summary>A config that the host accepts, with every secret that the provider knows of, each of at least 8 characters. Nothing is
    /// sent to where it points.</summary>
    protected abstract JsonObject ValidConfig { get; }

    /// <summary>For as many actions as possible an input that fits <see cref="ValidConfig"/>, by the action's name; default: none.</summary>
    protected virtual IReadOnlyDictionary<string, JsonObject> ValidInputs => new Dictionary<string, JsonObject>();

    /// <summary>Type, names, titles, descriptions, icon and version are as the host demands when it loads a plugin.</summary>
    [Fact]
    public void Descriptor_IsWhatTheHostLoads()
    {
        var services = new ServiceCollection();
        provider.ConfigureServices(services);
        using var container = services.BuildServiceProvider();
        ProviderRules.Check(new LoadedPlugin
        {
            Provider = provider,
            Descriptor = provider.Descriptor,
            Generation = Guid.NewGuid(),
            Version = "0",
            ContractVersion = "0",
            Assembly = typeof(TProvider).Assembly,
            Services = container,
        });
    }

    /// <summary>What changes nothing cannot destroy anything.</summary>
    [Fact]
    public void Actions_ReadOnly_AreNotDestructive() =>
        Assert.DoesNotContain(provider.Actions, action => action is { IsReadOnly: true, IsDestructive: true });

    /// <summary>Config, inputs and outputs have a schema.</summary>
    [Fact]
    public void Records_HaveASchema() =>
        Assert.All(
            provider.Actions.SelectMany(action => new[] { action.InputType, action.OutputType }).Prepend(provider.ConfigType).Distinct(),
            type => Assert.NotEmpty(Contract(type).Schema));

    /// <summary>The form and agents know every field by its description.</summary>
    [Fact]
    public void Fields_AreDescribed()
    {
        var fields = provider.Actions.SelectMany(action => RecordField.Of(action.InputType)).Concat(RecordField.Of(provider.ConfigType));
        Assert.Empty(fields
            .Where(field => string.IsNullOrWhiteSpace(field.Property.GetCustomAttribute<DisplayAttribute>()?.GetDescription()))
            .Select(field => $"{field.Property.DeclaringType?.Name}.{field.Property.Name} has no [Display(Description = …)]")
            .Distinct());
    }

    /// <summary>Every secret of the config says where it is sent.</summary>
    [Fact]
    public void Secrets_NameTheirDestination() =>
        Assert.Empty(RecordField.Of(provider.ConfigType)
            .Where(field => field.IsSecret && field.Property.GetCustomAttribute<SecretForAttribute>() is not { Paths.Count: > 0 })
            .Select(field => $"{field.Path} has no [SecretFor]"));

    /// <summary>The paths of hints lead somewhere.</summary>
    [Fact]
    public void Hints_PointAtFieldsThatExist() =>
        Assert.Empty(provider.Actions.Select(action => action.InputType).Prepend(provider.ConfigType).Distinct().SelectMany(DeadPaths));

    /// <summary><see cref="ValidConfig"/> is one, and its secrets can be told from ordinary words.</summary>
    [Fact]
    public void ValidConfig_IsAccepted()
    {
        Assert.DoesNotContain(provider.Validate(BindConfig()), error => error.Severity == ConfigSeverity.Error);
        Assert.All(Secrets(), secret => Assert.True(secret.Length >= 8, "A secret of ValidConfig is shorter than 8 characters."));
    }

    /// <summary><see cref="ValidInputs"/> are valid.</summary>
    [Fact]
    public void ValidInputs_AreAccepted() => Assert.All(ValidInputs.Keys, name => BindInput(ActionOf(name)));

    /// <summary>A misspelt field is an error and not ignored.</summary>
    [Fact]
    public void Config_UnknownMember_IsRefused()
    {
        var config = ValidConfig;
        config["no_such_member"] = 1;
        Assert.Contains(Contract(provider.ConfigType).Bind(config).Errors, error => error.Path == "no_such_member");
    }

    /// <summary>A config that ends up in a text by accident leaks nothing.</summary>
    [Fact]
    public void Config_ToString_RevealsNoSecret() => AssertNoSecret(BindConfig().ToString());

    /// <summary>Validation depends on the config alone.</summary>
    [Fact]
    public void Validate_AskedTwice_AnswersTheSame()
    {
        var config = BindConfig();
        var first = provider.Validate(config).ToList();
        Assert.Equal(first, provider.Validate(config));
        Assert.Equal(first, new TProvider().Validate(BindConfig()));
        Assert.All(first, error => AssertNoSecret(error.Message));
    }

    /// <summary>A probe whose caller has gone does nothing.</summary>
    [Fact]
    public async Task Probe_Cancelled_Stops()
    {
        await using var test = Context(new ObstructedNetwork(Obstacle.Refused));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => provider.ProbeAsync(BindConfig(), test.Create(), new CancellationToken(canceled: true)).WaitAsync(Patience));
    }

    /// <summary>A probe whose caller goes while it waits for the vendor stops waiting.</summary>
    [Fact]
    public async Task Probe_CancelledOnTheWay_Stops()
    {
        var network = new ObstructedNetwork(Obstacle.Silence);
        await using var test = Context(network);
        await StopsAsync(network, token => provider.ProbeAsync(BindConfig(), test.Create(), token));
        AssertNoSecretIn(test);
    }

    /// <summary>Trouble on the way is a result or an <see cref="IntegrationException"/>, never anything else.</summary>
    [Theory]
    [InlineData(Obstacle.NoSuchHost)]
    [InlineData(Obstacle.Refused)]
    [InlineData(Obstacle.Forbidden)]
    [InlineData(Obstacle.HangsUp)]
    [InlineData(Obstacle.Garbage)]
    public async Task Probe_Obstructed_SaysSo(Obstacle obstacle)
    {
        await using var test = Context(new ObstructedNetwork(obstacle));
        try
        {
            var result = await provider.ProbeAsync(BindConfig(), test.Create(), CancellationToken.None).WaitAsync(Patience);
            Assert.Equal(HealthStatus.Error, result.Status);
            AssertNoSecret(result.Message);
        }
        catch (IntegrationException exception)
        {
            AssertNoSecret(exception.Message);
        }

        AssertNoSecretIn(test);
    }

    /// <summary>An action that cannot reach its vendor fails in a way that the host understands, and knows that nothing was done.</summary>
    [Theory]
    [InlineData(Obstacle.NoSuchHost)]
    [InlineData(Obstacle.Refused)]
    [InlineData(Obstacle.Forbidden)]
    public async Task Actions_Obstructed_HaveNoEffect(Obstacle obstacle)
    {
        foreach (var action in ValidInputs.Keys.Select(ActionOf))
        {
            await using var test = Context(new ObstructedNetwork(obstacle));
            var exception = await Assert.ThrowsAsync<IntegrationException>(
                () => action.InvokeAsync(BindInput(action), BindConfig(), test.Create(), CancellationToken.None).WaitAsync(Patience));
            Assert.Equal(Effect.None, exception.Effect);
            AssertNoSecret(exception.Message);
            AssertNoSecretIn(test);
        }
    }

    /// <summary>An action whose caller goes while it waits for the vendor stops waiting.</summary>
    [Fact]
    public async Task Actions_CancelledOnTheWay_Stop()
    {
        foreach (var action in ValidInputs.Keys.Select(ActionOf))
        {
            var network = new ObstructedNetwork(Obstacle.Silence);
            await using var test = Context(network);
            await StopsAsync(network, token => action.InvokeAsync(BindInput(action), BindConfig(), test.Create(), token));
            AssertNoSecretIn(test);
        }
    }

    /// <summary>The plugin keeps to what its context offers.</summary>
    [Fact]
    public void Assembly_UsesNothingForbidden() => Assert.Empty(BannedApiScan.Scan(typeof(TProvider).Assembly.Location));

    private static IEnumerable<string> DeadPaths(Type record)
    {
        var fields = RecordField.Of(record);
        var paths = fields.Select(field => field.Path).ToHashSet(StringComparer.Ordinal);
        return
            from field in fields
            let secretFor = field.Property.GetCustomAttribute<SecretForAttribute>()?.Paths ?? []
            let dependsOn = field.Property.GetCustomAttribute<DependsOnAttribute>() is { } hint ? [hint.Path] : Array.Empty<string>()
            from path in secretFor.Concat(dependsOn)
            where !paths.Contains(path)
            select $"{field.Path} points at '{path}', which is not there";
    }

    private static async Task StopsAsync(ObstructedNetwork network, Func<CancellationToken, Task> call)
    {
        using var cancel = new CancellationTokenSource();
        var running = Task.Run(() => call(cancel.Token));
        if (await Task.WhenAny(running, network.Reached).WaitAsync(Patience) == running)
        {
            return; // It asks nobody, so that there is nothing to stop.
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Patience));
    }

    private ProviderTestContext Context(ObstructedNetwork network) => new(provider) { Network = network };

    private JsonContract Contract(Type type) => JsonContract.Create(type, provider.JsonTypeInfoResolver);

    private object BindConfig() => Bind(provider.ConfigType, ValidConfig);

    private object BindInput(IntegrationAction action) => Bind(action.InputType, ValidInputs[action.Name]);

    private object Bind(Type type, JsonObject document)
    {
        var bound = Contract(type).Bind(document);
        Assert.Empty(bound.Errors);
        Assert.NotNull(bound.Value);
        return bound.Value;
    }

    private IntegrationAction ActionOf(string name) => Assert.Single(provider.Actions, action => action.Name == name);

    private IEnumerable<string> Secrets()
    {
        var config = ValidConfig;
        return Contract(provider.ConfigType).FindSecrets(config)
            .Select(place => place.Segments.Aggregate<string, JsonNode?>(config, (node, member) => node?[member]))
            .OfType<JsonValue>()
            .Select(secret => secret.GetValue<string>());
    }

    private void AssertNoSecret(string? text) =>
        Assert.All(Secrets(), secret => Assert.DoesNotContain(secret, text ?? "", StringComparison.Ordinal));

    private void AssertNoSecretIn(ProviderTestContext test)
    {
        test.Log.AssertNever(Secrets());
        Assert.All(test.Steps, step => AssertNoSecret(step.Message));
    }
}
