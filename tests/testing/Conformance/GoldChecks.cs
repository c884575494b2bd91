using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Plugins.Loading;

namespace Vaka.Plugins.Testing;

/// <summary>All that can be checked.</summary>
internal static class GoldChecks
{
    private static readonly string[] DestructiveWords = ["delete_", "remove_", "purge_", "clear_", "wipe_", "drop_"];

    public static IReadOnlyList<(Criterion Criterion, Func<ConformanceEvidence, Task<IEnumerable<string>>> Check)> All { get; } =
    [
        Check("probe_harmless", "The probe sends nothing over HTTP but GET, HEAD, OPTIONS and requests to sign in.",
            "Read something instead, or name the request in HarmlessRequests if the vendor says that it changes nothing.", ProbeHarmless),
        (New("preview_harmless", "A preview sends nothing over HTTP that could change anything.", "Say what would be done from the input, or from what can be read."), PreviewHarmlessAsync),
        Check("answers_limited", "Answers that are huge, endless, compressed, broken or of another shape end in an IntegrationException or a result.",
            "Read answers with ApiAnswer, and ask what an answer is before using it.", AnswersLimited),
        Check("migrates", "A config of every former version becomes a valid one, the same each time, and keeps its secrets.",
            "Give a sample of each in FormerConfigs, as it was stored, and bring it along in MigrateConfig.", Migrates),
        Check("read_only_true", "An action with IsReadOnly sends nothing that could change anything, and is not destructive.",
            "Take the hint off, or name the request in HarmlessRequests if the vendor says that it changes nothing.", ReadOnlyTrue),
        (New("idempotent_true", "An action with IsIdempotent sends the same key over its attempts, or overwrites with PUT, PATCH or DELETE, or finds what it did before.",
            "Send something made of context.DeduplicationKey, take the hint off, or say in RepeatableActions why a repetition changes nothing."), IdempotentTrueAsync),
        Check("destructive_true", "An action that deletes, by its name or by what it sends, has IsDestructive.", "Set IsDestructive.", DestructiveTrue),
        Check("effects_true", "A call that reached nobody says Effect.None, and one that broke after it had sent something does not.",
            "Pass on what the context throws, or keep its Effect.", EffectsTrue),
        Check("nothing_banned", "The assembly uses nothing that a provider does without.", "Use what the context offers.", NothingBanned),
        Check("icon", "The descriptor names an icon.", "Embed an SVG or PNG and set Icon.", Icon),
        Check("reach", "The descriptor declares where the provider connects to, and it connects to nothing else.", "Set Reach, or add what is named to it.", Reach),
    ];

    private static Criterion New(string id, string demand, string advice) => new(id, Grade.Gold, demand, advice);

    private static (Criterion, Func<ConformanceEvidence, Task<IEnumerable<string>>>) Check(
        string id, string demand, string advice, Func<ConformanceEvidence, IEnumerable<string>> check) =>
        (New(id, demand, advice), seen => Task.FromResult(check(seen)));

    private static IEnumerable<string> ProbeHarmless(ConformanceEvidence seen) => seen.Seen
        .Where(trial => trial.Action is null)
        .SelectMany(seen.Writing)
        .Select(ConformanceEvidence.Name);

    private static async Task<IEnumerable<string>> PreviewHarmlessAsync(ConformanceEvidence seen)
    {
        var findings = new List<string>();
        var secrets = seen.Subject.Secrets();
        foreach (var (action, _) in seen.Subject.Samples)
        {
            var trial = await seen.Trials.PreviewAsync(action);
            findings.AddRange(seen.Writing(trial).Select(request => $"{trial.Call}: {ConformanceEvidence.Name(request)}"));
            if (ConformanceEvidence.Misbehaviour(trial) is { } misbehaviour) findings.Add(misbehaviour);
            if (trial.Shown.Any(text => secrets.Any(text.Contains))) findings.Add($"{trial.Call} shows a secret");
        }

        return findings;
    }

    private static IEnumerable<string> AnswersLimited(ConformanceEvidence seen) =>
        seen.Of(CircumstanceKind.Hostile).Select(ConformanceEvidence.Misbehaviour).OfType<string>();

    private static IEnumerable<string> Migrates(ConformanceEvidence seen)
    {
        var subject = seen.Subject;
        for (var version = 1; version < subject.Plugin.Descriptor.ConfigVersion; version++)
        {
            if (!subject.FormerConfigs.TryGetValue(version, out var former))
            {
                yield return FormattableString.Invariant($"FormerConfigs has no sample of version {version}.");
                continue;
            }

            var migrated = subject.Provider.MigrateConfig(version, (JsonObject)former.DeepClone());
            var again = subject.CreateProvider().MigrateConfig(version, (JsonObject)former.DeepClone());
            if (!JsonNode.DeepEquals(migrated, again)) yield return FormattableString.Invariant($"Version {version} becomes something else each time.");
            var known = FormerSecrets.In(former).ToHashSet(StringComparer.Ordinal);
            if (FormerSecrets.In(migrated).Any(secret => !known.Contains(secret)))
                yield return FormattableString.Invariant($"Version {version}: a secret was made or changed, which the host refuses.");
            var bound = subject.Contract(subject.Provider.ConfigType).Bind(FormerSecrets.Reveal(migrated));
            foreach (var error in bound.Errors) yield return FormattableString.Invariant($"Version {version}: {error.Path}: {error.Message}");
            if (bound.Value is null) continue;
            foreach (var error in subject.Provider.Validate(bound.Value).Where(error => error.Severity is ConfigSeverity.Error))
                yield return FormattableString.Invariant($"Version {version}: {error.Path}: {error.Message}");
        }
    }

    private static IEnumerable<string> ReadOnlyTrue(ConformanceEvidence seen) => seen.Seen
        .Where(trial => trial.Action is { IsReadOnly: true })
        .SelectMany(trial => seen.Writing(trial).Select(request => $"{trial.Call}: {ConformanceEvidence.Name(request)}"))
        .Concat(seen.Subject.Provider.Actions
            .Where(action => action is { IsReadOnly: true, IsDestructive: true })
            .Select(action => $"{action.Name} is both read-only and destructive"));

    private static async Task<IEnumerable<string>> IdempotentTrueAsync(ConformanceEvidence seen)
    {
        var findings = new List<string>();
        foreach (var (action, _) in seen.Subject.Samples.Where(sample => sample.Action is { IsIdempotent: true, IsReadOnly: false }))
        {
            if (seen.Subject.RepeatableActions.ContainsKey(action.Name)) continue;
            var first = seen.Writing(await seen.Trials.AskAsync(action, "conformance-key-1", 1)).ToList();
            var second = seen.Writing(await seen.Trials.AskAsync(action, "conformance-key-1", 2)).ToList();
            var other = seen.Writing(await seen.Trials.AskAsync(action, "conformance-key-2", 1)).ToList();
            if (first.Count == 0) findings.Add($"{action.Name} sent nothing that could be compared: have VendorAnswers answer as the vendor does when it succeeds.");
            else if (second.Count > 0 && !(first.Count == second.Count && first.Zip(second).All(pair => IsRepeated(pair.First, pair.Second, other))))
                findings.Add($"{action.Name}: {ConformanceEvidence.Name(second[0])} of the second attempt carries nothing that tells it from a new call.");
        }

        return findings;
    }

    // By RFC 9110 PUT and DELETE may be repeated; a PATCH that sets the same values may too. Anything else needs what the vendor knows it by.
    private static bool IsRepeated(RecordedRequest first, RecordedRequest second, IReadOnlyList<RecordedRequest> other) =>
        second.Method is "PUT" or "PATCH" or "DELETE"
            ? first.Uri == second.Uri && first.Body.AsSpan().SequenceEqual(second.Body)
            : Parts(first).Intersect(Parts(second)).Except(other.SelectMany(Parts)).Any();

    private static IEnumerable<string> Parts(RecordedRequest request) =>
        request.Headers.Select(header => $"{header.Key}: {header.Value}").Append(request.Uri.AbsoluteUri).Append(request.BodyText);

    private static IEnumerable<string> DestructiveTrue(ConformanceEvidence seen) => seen.Subject.Provider.Actions
        .Where(action => !action.IsDestructive && DestructiveWords.Any(word => action.Name.StartsWith(word, StringComparison.Ordinal)))
        .Select(action => $"{action.Name} is not marked")
        .Concat(seen.Seen
            .Where(trial => trial.Action is { IsDestructive: false } && trial.Requests.Any(request => request.Method == "DELETE"))
            .Select(trial => $"{trial.Call} sends DELETE and is not marked"));

    private static IEnumerable<string> EffectsTrue(ConformanceEvidence seen) => seen.Seen
        .Where(trial => trial is { Action: not null, Circumstance.IsUnreached: true, Exception: IntegrationException { Effect: not Effect.None } })
        .Select(trial => $"{trial}: nothing can have happened, and it says that something may have")
        .Concat(seen.Of(CircumstanceKind.Cut)
            .Where(trial => trial is { Action.IsReadOnly: false, Exception: IntegrationException { Effect: Effect.None } } && seen.Writing(trial).Any())
            .Select(trial => $"{trial}: something may have happened, and it says that nothing did"));

    private static IEnumerable<string> NothingBanned(ConformanceEvidence seen) => BannedApiScan.Scan(seen.Subject.AssemblyPath);

    private static IEnumerable<string> Icon(ConformanceEvidence seen) => seen.Subject.Plugin.Descriptor.Icon is null ? ["There is no Icon."] : [];

    private static IEnumerable<string> Reach(ConformanceEvidence seen)
    {
        if (seen.Subject.Plugin.Descriptor.Reach is null) return ["There is no Reach."];
        var reach = seen.Subject.Reach();
        return seen.Seen.SelectMany(trial => trial.Destinations)
            .Distinct()
            .Where(destination => reach is not null && !reach.Includes(destination.Host.ToLowerInvariant(), destination.Port))
            .Select(destination => FormattableString.Invariant($"{destination.Host}:{destination.Port} is not declared"));
    }
}
