namespace Vaka.Plugins.Sso.Saml.Keys;

/// <summary>The keys that count at a time.</summary>
internal sealed class SpKeyRing(SpKey current, SpKey? previous, SpKey? next) : IDisposable
{
    /// <summary>Signs; the identity provider encrypts to it.</summary>
    public SpKey Current { get; } = current;

    /// <summary>Announced in the metadata before it is used; <c>null</c>: not announced.</summary>
    public SpKey? Next { get; } = next;

    /// <summary>All that may decrypt: an identity provider that has not read the metadata yet still encrypts to the previous one, and one
    /// that has read it may choose the next one.</summary>
    public IReadOnlyList<SpKey> All { get; } = [.. new[] { current, previous, next }.OfType<SpKey>()];

    public void Dispose()
    {
        foreach (var key in All) key.Certificate.Dispose();
    }
}
