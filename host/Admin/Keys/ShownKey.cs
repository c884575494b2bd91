using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Admin.Shell;

namespace Vaka.Plugins.Host.Admin.Keys;

/// <summary>A key as the list shows it. Public because a component's parameters are.</summary>
public sealed record ShownKey
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required bool IsAdmin { get; init; }

    /// <summary>Who made it, in words.</summary>
    public required string Maker { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    public required DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Whoever looks has signed in with it.</summary>
    public required bool IsOwn { get; init; }

    internal static ShownKey From(ApiKey key, ActorNames actors, Caller caller) => new()
    {
        Id = key.Id,
        Name = key.Name,
        IsAdmin = key.Role is CallerRole.Admin,
        Maker = actors.Describe(key.CreatedBy),
        CreatedAt = key.CreatedAt,
        ExpiresAt = key.ExpiresAt,
        RevokedAt = key.RevokedAt,
        IsOwn = caller.Name == $"session:{key.Id}",
    };
}

/// <summary>All of them that are shown.</summary>
public sealed record ShownKeys(IReadOnlyList<ShownKey> Rows);
