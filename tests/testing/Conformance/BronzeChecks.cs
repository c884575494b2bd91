using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.Plugins.Loading;

namespace Vaka.Plugins.Testing;

/// <summary>What the host demands to load and run it.</summary>
internal static class BronzeChecks
{
    public static IReadOnlyList<(Criterion Criterion, Func<ConformanceSubject, IEnumerable<string>> Check)> All { get; } =
    [
        (new("loads", Grade.Bronze, "The host loads the provider: type, names, titles, descriptions, icon and versions are as it demands.",
            "Correct the descriptor or the action that is named."), Loads),
        (new("contracts", Grade.Bronze, "Config, inputs and outputs are JSON contracts; hints and the declared reach name fields that exist.",
            "Correct the record or the path that is named."), Contracts),
        (new("sample_config", Grade.Bronze, "The sample config is valid, a member that the record does not have is refused, and each secret has at least 8 characters.",
            "Correct ValidConfig in the test, or the validation."), SampleConfig),
        (new("sample_inputs", Grade.Bronze, "The sample inputs are valid and are those of actions that exist.",
            "Correct ValidInputs in the test, or the input record."), SampleInputs),
    ];

    private static IEnumerable<string> Loads(ConformanceSubject subject)
    {
        string? problem = null;
        try
        {
            ProviderRules.Check(subject.Plugin);
        }
        catch (ProviderCheckException exception)
        {
            problem = exception.Message;
        }

        return problem is null ? [] : [problem];
    }

    private static IEnumerable<string> Contracts(ConformanceSubject subject)
    {
        foreach (var check in subject.LoadChecks)
        {
            string? problem = null;
            try
            {
                check.Check(subject.Plugin);
            }
            catch (ProviderCheckException exception)
            {
                problem = exception.Message;
            }

            if (problem is not null) yield return problem;
        }
    }

    private static IEnumerable<string> SampleConfig(ConformanceSubject subject)
    {
        var bound = subject.Contract(subject.Provider.ConfigType).Bind(subject.Config());
        if (bound.Value is null) return bound.Errors.Select(error => $"{error.Path}: {error.Message}");
        var misspelt = subject.Config();
        misspelt["no_such_member"] = 1;
        return subject.Provider.Validate(bound.Value)
            .Where(error => error.Severity is ConfigSeverity.Error)
            .Select(error => $"{error.Path}: {error.Message}")
            .Concat(subject.Secrets().Any(secret => secret.Length < 8) ? ["A secret is too short to be told from ordinary words."] : [])
            .Concat(subject.Contract(subject.Provider.ConfigType).Bind(misspelt).Value is null ? [] : ["A misspelt member is accepted."]);
    }

    private static IEnumerable<string> SampleInputs(ConformanceSubject subject) => subject.Inputs.SelectMany(input =>
        subject.Provider.Actions.FirstOrDefault(action => action.Name == input.Key) is not { } action
            ? [$"There is no action {input.Key}."]
            : subject.Contract(action.InputType).Bind(input.Value.DeepClone()).Errors.Select(error => $"{input.Key}: {error.Path}: {error.Message}"));
}
