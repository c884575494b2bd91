using System.CommandLine;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.SignIn;

namespace Vaka.Plugins.Host.Commands;

/// <summary><c>keys create</c>, <c>keys sign-in</c>.</summary>
internal static class KeysCommand
{
    public static Command Create(CommandHost host) => new("keys", "API keys") { CreateKey(host), SignIn(host) };

    private static Command CreateKey(CommandHost host)
    {
        var name = new Option<string>("--name") { Description = "What the key is for.", Required = true };
        var role = new Option<CallerRole>("--role") { Description = "admin configures; service invokes actions.", Required = true };
        var tenant = new Option<Guid?>("--tenant") { Description = "The one tenant that the key acts for; left out: the platform." };
        var command = new Command("create", "Makes a key and prints it, alone, on stdout") { name, role, tenant };
        command.SetAction((parsed, cancellationToken) => host.RunAsync(withPlugins: false, async (services, cancellation) =>
        {
            var (_, text) = await services.GetRequiredService<ApiKeys>().CreateAsync(
                new NewApiKey(parsed.GetRequiredValue(name), parsed.GetRequiredValue(role), parsed.GetValue(tenant)), Caller.CommandLine, cancellation);
            Console.WriteLine(text);
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command SignIn(CommandHost host)
    {
        var command = new Command("sign-in", "Prints a new one-time link that signs an admin in to the page");
        command.SetAction((_, cancellationToken) => host.RunAsync(withPlugins: false, async (services, cancellation) =>
        {
            // A key of its own, so that revoking it ends just what this link opened.
            var (key, _) = await services.GetRequiredService<ApiKeys>().CreateAsync(
                new NewApiKey("Sign-in link", CallerRole.Admin, null), Caller.CommandLine, cancellation);
            Console.WriteLine(await services.GetRequiredService<SignInLinks>().CreateAsync(key, Caller.CommandLine, cancellation));
            return 0;
        }, cancellationToken));
        return command;
    }
}
