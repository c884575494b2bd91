using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Vaka.Plugins.Jira.Issues;

/// <summary>Makes an issue once for a caller's key. Jira has no such notion, so the issue carries a label made of the key. Jira's search
/// shows a new issue only after a moment; for that moment the integration's own state remembers, under a lock that holds on every node.</summary>
internal sealed class DedupeKey(string key, JiraClient client)
{
    /// <summary>How every label begins that is made of a key.</summary>
    public const string Prefix = "vaka-";

    // Longer than Jira's search lags behind.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);
    private const int MaxRemembered = 300;

    // An issue that was made with this key and is no longer there.
    private string? gone;

    /// <summary>The label; another for each tenant, so that none finds another's issue.</summary>
    public string Label { get; } = Prefix + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{client.Context.CallerTenantId}\n{key}")))[..32];

    private string StateKey => $"dedupe_{Label[Prefix.Length]}";

    /// <summary>The key of the issue that was made before, as far as Jira's search or our own memory knows.</summary>
    public async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        var found = await JqlSearch.FindAsync($"labels = \"{Label}\" ORDER BY created ASC", client, cancellationToken).ConfigureAwait(false);
        if (found is not null) return found;
        var entries = Read(await client.Context.State.GetAsync(StateKey, null, cancellationToken).ConfigureAwait(false));
        var remembered = entries.GetValueOrDefault(Label)?.Issue;
        found = await StillThereAsync(remembered, cancellationToken).ConfigureAwait(false);
        if (found is null) gone = remembered;
        return found;
    }

    /// <summary>Takes the key for this call. Afterwards the caller makes the issue and says what became of it.</summary>
    /// <returns>The issue that another call has made since <see cref="FindAsync"/>; <c>null</c>: the key is taken.</returns>
    /// <exception cref="IntegrationException">Another call has taken it, and nobody knows yet what became of that.</exception>
    public async Task<string?> ClaimAsync(CancellationToken cancellationToken)
    {
        string? made = null;
        await ChangeAsync(
            entries =>
            {
                var now = client.Context.Clock.GetUtcNow();
                var other = entries.GetValueOrDefault(Label);
                made = other?.Issue == gone ? null : other?.Issue;
                if (made is not null) return;
                if (other is { Issue: null } && other.At + Settling > now) throw Unsettled(other.At + Settling - now);
                entries[Label] = new Entry(null, now);
            },
            cancellationToken).ConfigureAwait(false);
        return made;
    }

    /// <summary>The issue is made. Remembered even when the caller has gone.</summary>
    public Task KeepAsync(string issue) =>
        ChangeAsync(entries => entries[Label] = new Entry(issue, client.Context.Clock.GetUtcNow()), CancellationToken.None);

    /// <summary>The issue was certainly not made.</summary>
    public Task ReleaseAsync() => ChangeAsync(entries => entries.Remove(Label), CancellationToken.None);

    private static IntegrationException Unsettled(TimeSpan wait) => new(
        FailureKind.Unavailable,
        "An earlier call with this dedupe_key may have made the issue, and Jira's search does not show it yet. Try again.")
    {
        Effect = Effect.None,
        RetryAfter = wait,
    };

    private Task ChangeAsync(Action<Dictionary<string, Entry>> change, CancellationToken cancellationToken) => client.Context.State.UpdateAsync(
        StateKey,
        null,
        (text, _) =>
        {
            var oldest = client.Context.Clock.GetUtcNow() - Memory;
            var entries = Read(text).Where(entry => entry.Value.At > oldest)
                .OrderByDescending(entry => entry.Value.At).Take(MaxRemembered).ToDictionary(entry => entry.Key, entry => entry.Value);
            change(entries);
            return Task.FromResult<string?>(entries.Count is 0 ? null : JsonSerializer.Serialize(entries));
        },
        cancellationToken);

    private async Task<string?> StillThereAsync(string? issue, CancellationToken cancellationToken)
    {
        if (issue is null) return null;
        var call = JiraCall.Get($"issue/{issue}?fields=labels", "read the issue");
        var answer = await client.TrySendAsync(call, cancellationToken).ConfigureAwait(false);
        return answer.StatusCode is 404 ? null : answer.IsSuccess ? issue : throw JiraFailures.From(answer, call, client.Config);
    }

    private static Dictionary<string, Entry> Read(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize<Dictionary<string, Entry>>(text) ?? [];

    /// <summary>A use of a key: <c>null</c> while nobody knows whether the issue was made.</summary>
    private sealed record Entry(string? Issue, DateTimeOffset At);
}
