using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Admin.Shell;

/// <summary>Says who did something, for people: a key by its name where the caller may know it.</summary>
internal sealed class Actors(ApiKeys keys)
{
    /// <summary>The names of the keys that the caller may know, by id.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> ReadNamesAsync(Caller caller, CancellationToken cancellationToken)
    {
        var known = (await keys.ListAsync(caller, cancellationToken)).ToList();
        if (caller is { IsPlatform: true, TenantId: not null })
            known.AddRange(await keys.ListAsync(caller with { TenantId = null }, cancellationToken));
        return known.ToDictionary(key => key.Id, key => key.Name);
    }

    /// <param name="actor">As in <see cref="Caller.Name"/>.</param>
    /// <param name="names">Those that may be known.</param>
    public static string Describe(string actor, IReadOnlyDictionary<Guid, string> names)
    {
        if (actor.Split(':', 2) is not [var kind, var id]) return actor;
        if (!Guid.TryParse(id, out var key)) return id;
        var name = names.TryGetValue(key, out var known) ? $"“{known}”" : $"{id[..8]}…";
        return kind is "session" ? $"on this page, by key {name}" : $"API key {name}";
    }
}
