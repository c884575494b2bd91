namespace Vaka.Plugins.Testing;

/// <summary>Holds every criterion against a plugin.</summary>
internal static class ConformanceRun
{
    /// <summary>All criteria, in the order in which they are reported and documented.</summary>
    public static IReadOnlyList<Criterion> Criteria { get; } =
    [
        .. BronzeChecks.All.Select(check => check.Criterion), .. SilverChecks.All.Select(check => check.Criterion),
        .. GoldChecks.All.Select(check => check.Criterion),
    ];

    public static async Task<ConformanceReport> RunAsync(ConformanceSubject subject)
    {
        var results = new List<(Criterion, IReadOnlyList<string>)>();
        foreach (var (criterion, check) in BronzeChecks.All) results.Add((criterion, await FindAsync(() => Task.FromResult(check(subject)))));

        // What does not bind cannot be called.
        if (results.Any(result => result.Item2.Count > 0))
        {
            results.AddRange(Criteria.Where(criterion => criterion.Grade > Grade.Bronze)
                .Select(criterion => (criterion, (IReadOnlyList<string>)["Not tried, since it is not bronze yet."])));
            return Report();
        }

        var trials = new Trials(subject);
        var seen = new ConformanceEvidence(subject, trials, await trials.RunAsync());
        foreach (var (criterion, check) in SilverChecks.All) results.Add((criterion, await FindAsync(() => check(seen))));
        foreach (var (criterion, check) in GoldChecks.All) results.Add((criterion, await FindAsync(() => check(seen))));
        return Report();

        ConformanceReport Report() => new() { Provider = subject.Plugin.Type, Results = results };
    }

    private static async Task<IReadOnlyList<string>> FindAsync(Func<Task<IEnumerable<string>>> check)
    {
        try
        {
            return [.. (await check()).Distinct(StringComparer.Ordinal)];
        }
        catch (Exception exception) // a plugin's code
        {
            return [$"{exception.GetType().Name}: {exception.Message}"];
        }
    }
}

/// <summary>What silver and gold are judged by.</summary>
/// <param name="Subject">The plugin.</param>
/// <param name="Trials">Makes further calls.</param>
/// <param name="Seen">The calls that were made.</param>
internal sealed record ConformanceEvidence(ConformanceSubject Subject, Trials Trials, IReadOnlyList<Trial> Seen)
{
    public IEnumerable<Trial> Of(CircumstanceKind kind) => Seen.Where(trial => trial.Circumstance.Kind == kind);

    /// <summary>Requests that may change something at the vendor: all but those that read, sign in, or were declared to be harmless.</summary>
    public IEnumerable<RecordedRequest> Writing(Trial trial) => trial.Requests.Where(request =>
        request.Method is not ("GET" or "HEAD" or "OPTIONS")
        && !AnsweringNetwork.IsSignIn(request)
        && !Subject.HarmlessRequests.Contains(Name(request)));

    /// <summary>Such as <c>POST https://api.example.com/v1/search</c>: the query may hold secrets.</summary>
    public static string Name(RecordedRequest request) => $"{request.Method} {request.Uri.GetLeftPart(UriPartial.Path)}";

    /// <summary>What speaks against a call that only was to end in a result or in a failure that says what it is.</summary>
    public static string? Misbehaviour(Trial trial) => trial switch
    {
        { IsEndless: true } => $"{trial}: it does not end",
        { Exception: null or IntegrationException } => null,
        { Exception: var other } => $"{trial}: it throws {other.GetType().Name}",
    };
}
