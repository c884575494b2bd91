using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.SignIn;

/// <summary>Lets the first admin in: with no API key in the database, one is made and a sign-in link is printed.</summary>
internal sealed class FirstStart(ApiKeys keys, SignInLinks links)
{
    public async Task<Uri?> RunAsync(CancellationToken cancellationToken)
    {
        if (await keys.AnyAsync(cancellationToken)) return null;

        // Nobody learns this key's text; it is what the sign-in link stands for.
        var (key, _) = await keys.CreateAsync(new NewApiKey("First start", CallerRole.Admin, null), Caller.CommandLine, cancellationToken);
        return await links.CreateAsync(key, Caller.CommandLine, cancellationToken);
    }
}
