using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Secrets;

/// <summary>Data Protection with a ring that can be read anew: the framework does that once a day, and another node or a command may
/// have added a key since.</summary>
internal sealed class KeyRing(
    IDbContextFactory<HostDbContext> contexts, MasterKeys keys, KeyRingRepository repository, ILoggerFactory loggers, TimeProvider time)
{
    // A payload of Data Protection begins with these four bytes and the id of its key.
    private const uint Magic = 0x09F0C9F0;
    private static readonly TimeSpan RefreshPause = TimeSpan.FromSeconds(1);

    private readonly Lock refreshing = new();
    private Loaded? loaded;
    private long? refreshedAt;

    public string Protect(string plaintext, params IReadOnlyList<string> purposes) => Protector(Current(), purposes).Protect(plaintext);

    /// <exception cref="CryptographicException">Unknown key, other purposes or damaged.</exception>
    public string Unprotect(string ciphertext, params IReadOnlyList<string> purposes)
    {
        var ring = Current();
        try
        {
            return Protector(ring, purposes).Unprotect(ciphertext);
        }
        catch (CryptographicException)
        {
            if (FindKeyId(ciphertext) is not { } keyId || Refresh(ring, keyId) is not { } newer) throw;
            return Protector(newer, purposes).Unprotect(ciphertext);
        }
    }

    /// <summary>The same text under the key that encrypts what is written now; <c>null</c>: it is under that key already.</summary>
    /// <exception cref="CryptographicException">As <see cref="Unprotect"/>.</exception>
    public string? Renew(string ciphertext, params IReadOnlyList<string> purposes)
    {
        var renewed = Protect(Unprotect(ciphertext, purposes), purposes);
        return FindKeyId(renewed) == FindKeyId(ciphertext) ? null : renewed;
    }

    /// <summary>The key that encrypts what is written now.</summary>
    public Guid? FindActiveKey() => FindKeyId(Protect("", "active-key"));

    /// <summary>Adds a key, under the current master key. It is the active one once no other begins later.</summary>
    public void AddKey()
    {
        using var services = Services();
        var now = TimeProvider.System.GetUtcNow(); // which key is active goes by the system's clock, whatever ours says
        var lifetime = services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.NewKeyLifetime;
        services.GetRequiredService<IKeyManager>().CreateNewKey(now, now + lifetime);
    }

    /// <summary>Reads the ring anew.</summary>
    public void Reload()
    {
        lock (refreshing) loaded = Load();
    }

    private static IDataProtector Protector(Loaded ring, IReadOnlyList<string> purposes) => ring.Provider.CreateProtector(purposes);

    private Loaded Current()
    {
        if (Volatile.Read(ref loaded) is { } ring) return ring;
        lock (refreshing) return loaded ??= Load();
    }

    /// <summary>A newer ring that knows the key; <c>null</c>: there is none, or the key was known already.</summary>
    private Loaded? Refresh(Loaded tried, Guid keyId)
    {
        if (tried.KeyIds.Contains(keyId)) return null;
        lock (refreshing)
        {
            var isNewer = !ReferenceEquals(loaded, tried);
            var isTooSoon = refreshedAt is { } at && time.GetElapsedTime(at) < RefreshPause;
            if (!isNewer && !isTooSoon)
            {
                loaded = Load();
                refreshedAt = time.GetTimestamp();
            }

            return loaded is { } ring && ring.KeyIds.Contains(keyId) ? ring : null;
        }
    }

    private Loaded Load()
    {
        var services = Services();
        var provider = services.GetRequiredService<IDataProtectionProvider>();
        return new Loaded(provider, services.GetRequiredService<IKeyManager>().GetAllKeys().Select(key => key.KeyId).ToHashSet());
    }

    private ServiceProvider Services() => new ServiceCollection()
        .AddSingleton(contexts).AddSingleton(keys).AddSingleton(repository).AddSingleton(loggers)
        .AddLogging().AddKeyRing().BuildServiceProvider();

    private static Guid? FindKeyId(string ciphertext)
    {
        Span<byte> header = stackalloc byte[21];
        if (ciphertext.Length < 28 || !Base64Url.IsValid(ciphertext.AsSpan(0, 28))) return null;
        if (!Base64Url.TryDecodeFromChars(ciphertext.AsSpan(0, 28), header, out var length) || length != header.Length) return null;
        return BinaryPrimitives.ReadUInt32BigEndian(header) == Magic ? new Guid(header.Slice(4, 16)) : null;
    }

    private sealed record Loaded(IDataProtectionProvider Provider, IReadOnlySet<Guid> KeyIds);
}
