using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Vaka.Plugins.Testing;

/// <summary>It is documented, understands what fails, stops when told to and keeps its secrets.</summary>
internal static class SilverChecks
{
    public static IReadOnlyList<(Criterion Criterion, Func<ConformanceEvidence, Task<IEnumerable<string>>> Check)> All { get; } =
    [
        Check("described", "Every field of the config and of the inputs has a description.", "Add [Display(Description = …)].", Described),
        Check("documented", "The descriptor says where the vendor's side is explained.", "Set DocumentationUrl.", Documented),
        Check("sampled", "Every action has a sample input in one of the plugin's conformance classes.", "Add it to ValidInputs.", Sampled),
        Check("secrets_bound", "Every secret of the config names the fields that decide where, and how protected, it is sent.", "Add [SecretFor(…)].", SecretsBound),
        Check("validation_pure", "Validation depends on the config alone: asked again, it answers the same.", "Keep clock, state and chance out of Validate.", ValidationPure),
        Check("failures_known", "Obstacles on the way and refusals of the vendor end in an IntegrationException or a result, and a probe that met an obstacle is not healthy.",
            "Map the exception to a FailureKind.", FailuresKnown),
        Check("cancellable", "A call whose caller goes while it waits stops waiting, with an OperationCanceledException.",
            "Pass the cancellation token on, and do not catch what it throws.", Cancellable),
        Check("timeout_bounded", "A timeout of the config is 1 to 300 seconds, and any other is refused.", "Add [Range(1, 300)] to TimeoutSeconds.", TimeoutBounded),
        Check("secrets_kept", "No secret stands in the config's ToString, in a message, in a step of a probe or in the log, whatever fails.",
            "Keep the value in SecretString, and write no config, request or header anywhere.", SecretsKept),
    ];

    private static (Criterion, Func<ConformanceEvidence, Task<IEnumerable<string>>>) Check(
        string id, string demand, string advice, Func<ConformanceEvidence, IEnumerable<string>> check) =>
        (new Criterion(id, Grade.Silver, demand, advice), seen => Task.FromResult(check(seen)));

    private static IEnumerable<string> Described(ConformanceEvidence seen) =>
        seen.Subject.Provider.Actions.SelectMany(action => RecordField.Of(action.InputType)).Concat(RecordField.Of(seen.Subject.Provider.ConfigType))
            .Where(field => string.IsNullOrWhiteSpace(field.Property.GetCustomAttribute<DisplayAttribute>()?.GetDescription()))
            .Select(field => $"{field.Property.DeclaringType?.Name}.{field.Property.Name} has none");

    private static IEnumerable<string> Documented(ConformanceEvidence seen) =>
        seen.Subject.Plugin.Descriptor.DocumentationUrl is null ? ["There is no DocumentationUrl."] : [];

    private static IEnumerable<string> Sampled(ConformanceEvidence seen) => seen.Subject.Provider.Actions
        .Select(action => action.Name)
        .Where(name => !seen.Subject.Inputs.ContainsKey(name) && !seen.Subject.SampledElsewhere.Contains(name))
        .Select(name => $"{name} has none");

    private static IEnumerable<string> SecretsBound(ConformanceEvidence seen) => RecordField.Of(seen.Subject.Provider.ConfigType)
        .Where(field => field.IsSecret && field.Property.GetCustomAttribute<SecretForAttribute>() is not { Paths.Count: > 0 })
        .Select(field => $"{field.Path} names none");

    private static IEnumerable<string> ValidationPure(ConformanceEvidence seen)
    {
        var config = seen.Subject.BindConfig();
        var first = seen.Subject.Provider.Validate(config).ToList();
        if (!first.SequenceEqual(seen.Subject.Provider.Validate(config))) yield return "Asked twice, it answers differently.";
        else if (!first.SequenceEqual(seen.Subject.CreateProvider().Validate(seen.Subject.BindConfig()))) yield return "Another instance answers differently.";
    }

    private static IEnumerable<string> FailuresKnown(ConformanceEvidence seen) =>
        seen.Of(CircumstanceKind.Obstacle).Concat(seen.Of(CircumstanceKind.Refusal)).Concat(seen.Of(CircumstanceKind.Cut))
            .Select(ConformanceEvidence.Misbehaviour).OfType<string>()
            .Concat(seen.Of(CircumstanceKind.Obstacle)
                .Where(trial => trial.ProbeResult is not null and not { Status: HealthStatus.Error })
                .Select(trial => $"{trial}: it answers {trial.ProbeResult?.Status}"));

    private static IEnumerable<string> Cancellable(ConformanceEvidence seen) => seen.Of(CircumstanceKind.Silence)
        .Where(trial => trial.IsEndless || (trial.WasStopped && trial.Exception is not OperationCanceledException))
        .Select(trial => trial switch
        {
            { IsEndless: true } => $"{trial}: it goes on",
            { Exception: { } other } => $"{trial}: it throws {other.GetType().Name}",
            _ => $"{trial}: it answers as if nothing were",
        });

    private static IEnumerable<string> TimeoutBounded(ConformanceEvidence seen)
    {
        if (seen.Subject.BindConfig() is not IHasTimeout timeout) yield break;
        if (timeout.TimeoutSeconds is < 1 or > 300) yield return FormattableString.Invariant($"The sample config has {timeout.TimeoutSeconds} seconds.");
        var field = RecordField.Of(seen.Subject.Provider.ConfigType)
            .FirstOrDefault(field => field.Property.Name == nameof(IHasTimeout.TimeoutSeconds) && !field.Path.Contains('.'));
        if (field is null) yield break; // it is not the admin's to choose
        foreach (var seconds in new[] { 0, 301 })
        {
            var config = seen.Subject.Config();
            config[field.Path] = seconds;
            var bound = seen.Subject.Contract(seen.Subject.Provider.ConfigType).Bind(config);
            if (bound.Value is { } value && seen.Subject.Provider.Validate(value).All(error => error.Severity is not ConfigSeverity.Error))
                yield return FormattableString.Invariant($"{field.Path} may be {seconds}.");
        }
    }

    private static IEnumerable<string> SecretsKept(ConformanceEvidence seen)
    {
        var secrets = seen.Subject.Secrets();
        var config = seen.Subject.BindConfig();
        if (Holds(config.ToString())) yield return "The config's ToString shows one.";
        if (seen.Subject.Provider.Validate(config).Any(error => Holds(error.Message))) yield return "A message of Validate shows one.";
        foreach (var trial in seen.Seen.Where(trial => trial.Shown.Any(Holds))) yield return $"{trial}: a message, a step or the log shows one";

        bool Holds(string? text) => text is not null && secrets.Any(secret => text.Contains(secret, StringComparison.Ordinal));
    }
}
