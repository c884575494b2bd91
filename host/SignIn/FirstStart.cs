using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Integrations.Runtime;

namespace Vaka.Plugins.Host.SignIn;

/// <summary>Lets the first admin in: with no API key in the database, one is made and a sign-in link is printed.</summary>
internal sealed class FirstStart(ApiKeys keys, SignInLinks links, OneTimeTokens tokens)
{
    // Should the host die over it, the next start after this does it.
    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(1);

    public async Task<Uri?> RunAsync(CancellationToken cancellationToken)
    {
        if (await keys.AnyAsync(cancellationToken)) return null;

        // Of several hosts that start together on an empty database, one does it.
        if (!await tokens.For(Guid.Empty).TryAddAsync("first-start", "", Turn, cancellationToken)) return null;

        // Nobody learns this key's text; it is what the sign-in link stands for.
        var (key, _) = await keys.CreateAsync(new NewApiKey("First start", CallerRole.Admin, null), Caller.CommandLine, cancellationToken);
        return await links.CreateAsync(key, Caller.CommandLine, cancellationToken);
    }
}
