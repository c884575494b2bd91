using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Admin.Shell;

/// <summary>Says who did something in words. A key has a name for those who may list it, for all others the end of its id.</summary>
internal sealed class ActorNames(IReadOnlyDictionary<Guid, string> keys)
{
    public static async Task<ActorNames> ReadAsync(ApiKeys keys, Caller caller, CancellationToken cancellationToken)
    {
        var known = await keys.ListAsync(caller, cancellationToken);
        if (caller is { IsPlatform: true, TenantId: not null }) known = [.. known, .. await keys.ListAsync(caller with { TenantId = null }, cancellationToken)];
        return new ActorNames(known.ToDictionary(key => key.Id, key => key.Name));
    }

    /// <param name="actor">As in the audit: <c>key:…</c>, <c>jwt:…</c>, <c>session:…</c>, <c>sso:…</c>, <c>address:…</c>, <c>command line</c>, <c>host</c>.</param>
    public string Describe(string actor) => actor.Split(':', 2) switch
    {
        ["key", var id] => Key(id),
        ["session", var id] => $"{Key(id)}, on this page",
        ["jwt", var subject] => $"{subject}, by token",
        ["sso", var subject] => $"{subject}, by single sign-on",
        ["address", var address] => $"somebody at {address}",
        ["host"] => "the host itself",
        ["command line"] => "the command line",
        _ => actor,
    };

    /// <summary>The name of a key, or the end of its id: ids made at about the same time begin alike.</summary>
    public string Key(string id) => Guid.TryParse(id, out var key) ? keys.GetValueOrDefault(key, $"key …{id[^8..]}") : id;
}
