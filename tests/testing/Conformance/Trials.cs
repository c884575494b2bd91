using System.Collections.Concurrent;

namespace Vaka.Plugins.Testing;

/// <summary>Calls the probe and every action that has a sample, under everything that can stand between them and the vendor, and keeps what
/// was seen. Each call has a context of its own: nothing is shared.</summary>
internal sealed class Trials(ConformanceSubject subject)
{
    /// <summary>The name under which answers for the probe are asked for.</summary>
    public const string Probe = "probe";

    // Ends a call that ignores that it is cancelled; one that obeys never gets near it, on however slow a machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Circumstance Healthy = new("when all is well", CircumstanceKind.Healthy);

    public async Task<IReadOnlyList<Trial>> RunAsync()
    {
        var trials = new List<Trial>();
        foreach (var action in subject.Samples.Select(sample => sample.Action).Prepend(null))
        {
            foreach (var obstacle in Enum.GetValues<Obstacle>().Where(obstacle => obstacle is not Obstacle.Silence)) trials.Add(await MeetAsync(action, obstacle));
            trials.Add(await StopAsync(action, new ObstructedNetwork(Obstacle.Silence), "when nobody ever speaks"));
            trials.Add(await StopBeforeAnswerAsync(action));
            foreach (var (circumstance, answer) in HostileAnswers.Refusals.Concat(HostileAnswers.Hostile))
            {
                var first = await AskAsync(action, circumstance, [answer], answersSignIn: true);
                trials.Add(first);
                if (first.Requests.Any(AnsweringNetwork.IsSignIn)) trials.Add(await AskAsync(action, circumstance, [answer]));
            }

            trials.Add(await CutAsync(action));
            trials.Add(await AskAsync(action, Healthy, Answers(action)));
        }

        return trials;
    }

    /// <summary>Calls an action while all is well, under a key of the host's.</summary>
    public Task<Trial> AskAsync(IntegrationAction action, string deduplicationKey, int attempt) =>
        AskAsync(action, Healthy, Answers(action), deduplicationKey: deduplicationKey, attempt: attempt);

    /// <summary>Has an action say what it would do.</summary>
    public Task<Trial> PreviewAsync(IntegrationAction action) => AskAsync(action, Healthy, Answers(action), isPreview: true);

    private IReadOnlyList<HttpAnswer> Answers(IntegrationAction? action) => [.. subject.VendorAnswers(action?.Name ?? Probe)];

    private Task<Trial> CutAsync(IntegrationAction? action) =>
        AskAsync(action, new Circumstance("when the connection breaks after the request", CircumstanceKind.Cut), [.. Answers(action).SkipLast(1), HttpAnswers.Cut()]);

    private async Task<Trial> MeetAsync(IntegrationAction? action, Obstacle obstacle)
    {
        var circumstance = new Circumstance(
            obstacle switch
            {
                Obstacle.NoSuchHost => "when the host does not exist",
                Obstacle.Refused => "when nobody listens",
                Obstacle.Forbidden => "when the operator forbids the address",
                Obstacle.HangsUp => "when the other side hangs up",
                Obstacle.Garbage => "when the other side speaks no protocol",
                Obstacle.Silence => "when nobody ever speaks",
            },
            CircumstanceKind.Obstacle)
        { IsUnreached = obstacle is Obstacle.NoSuchHost or Obstacle.Refused or Obstacle.Forbidden };
        var network = new ObstructedNetwork(obstacle);
        return await CallAsync(action, circumstance, network, () => ([], network.Destinations));
    }

    private async Task<Trial> AskAsync(
        IntegrationAction? action, Circumstance circumstance, IReadOnlyList<HttpAnswer> answers, bool answersSignIn = false,
        string? deduplicationKey = null, int attempt = 1, bool isPreview = false)
    {
        using var network = new AnsweringNetwork(answers, answersSignIn);
        return await CallAsync(
            action, circumstance, network, () => (network.Requests, network.Destinations), deduplicationKey: deduplicationKey, attempt: attempt,
            isPreview: isPreview);
    }

    private Task<Trial> StopAsync(IntegrationAction? action, ObstructedNetwork network, string name) =>
        CallAsync(action, new Circumstance(name, CircumstanceKind.Silence), network, () => ([], network.Destinations), network.Reached);

    private async Task<Trial> StopBeforeAnswerAsync(IntegrationAction? action)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        HttpAnswer silence = (request, cancellationToken) =>
        {
            asked.TrySetResult();
            return HttpAnswers.Timeout()(request, cancellationToken);
        };
        using var network = new AnsweringNetwork([silence]);
        return await CallAsync(
            action, new Circumstance("when the vendor never answers", CircumstanceKind.Silence), network,
            () => (network.Requests, network.Destinations), asked.Task);
    }

    private async Task<Trial> CallAsync(
        IntegrationAction? action, Circumstance circumstance, IOutboundNetwork network,
        Func<(IReadOnlyList<RecordedRequest> Requests, IReadOnlyList<(string Host, int Port)> Destinations)> seen,
        Task? stopAt = null, string? deduplicationKey = null, int attempt = 1, bool isPreview = false)
    {
        var test = new ProviderTestContext(subject.Provider) { Network = network, Attempt = attempt, State = await ConsentAsync() };
        if (deduplicationKey is not null) test.DeduplicationKey = deduplicationKey;
        using var cancel = new CancellationTokenSource();
        var running = Task.Run(() => StartAsync(action, test.Create(), isPreview, cancel.Token));
        var shown = new ConcurrentQueue<string>();
        var (result, exception, wasStopped) = (default(object), default(Exception), false);
        try
        {
            if (stopAt is not null && await Task.WhenAny(running, stopAt).WaitAsync(Patience) != running)
            {
                wasStopped = true;
                await cancel.CancelAsync();
            }

            result = await running.WaitAsync(Patience);
        }
        catch (Exception caught) // a plugin's code: whatever it throws is the finding
        {
            exception = caught;
        }

        var isEndless = !running.IsCompleted;
        if (exception is IntegrationException known)
        {
            shown.Enqueue(known.Message);
            foreach (var error in known.Errors) shown.Enqueue(error.Message);
        }

        if (result is ProbeResult probe) shown.Enqueue(probe.Message);
        if (result is ActionPreview preview)
        {
            shown.Enqueue(preview.Summary);
            foreach (var (name, value) in preview.Details) shown.Enqueue($"{name}: {value}");
        }

        foreach (var line in test.Steps.Select(step => step.Message).Concat(test.Log.Lines)) shown.Enqueue(line);
        var (requests, destinations) = seen();
        if (!isEndless) await test.DisposeAsync(); // what still runs may still use it
        return new Trial
        {
            Call = isPreview ? $"the preview of {action?.Name}" : action?.Name ?? "the probe",
            Action = action,
            Circumstance = circumstance,
            ProbeResult = result as ProbeResult,
            Exception = isEndless ? null : exception,
            IsEndless = isEndless,
            WasStopped = wasStopped,
            Shown = [.. shown],
            Requests = requests,
            Destinations = destinations,
        };
    }

    // Without it a provider that a person connects would refuse every call before it began.
    private async Task<InMemoryIntegrationState> ConsentAsync()
    {
        var state = new InMemoryIntegrationState();
        if (subject.Provider.GetConsent(subject.BindConfig()) is not { } settings) return state;
        using var network = new AnsweringNetwork([]);
        await using var test = new ProviderTestContext(subject.Provider) { Network = network, State = state };
        await OAuth2Tokens.RedeemAsync(
            settings, "conformance-code", "conformance-verifier", new Uri("https://host.test/connected"), test.Create(), CancellationToken.None);
        return state;
    }

    private async Task<object?> StartAsync(IntegrationAction? action, IntegrationContext context, bool isPreview, CancellationToken cancellationToken) =>
        action is null ? await subject.Provider.ProbeAsync(subject.BindConfig(), context, cancellationToken)
        : isPreview ? await action.PreviewAsync(subject.BindInput(action), subject.BindConfig(), context, cancellationToken)
        : await action.InvokeAsync(subject.BindInput(action), subject.BindConfig(), context, cancellationToken);
}
