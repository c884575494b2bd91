using System.CommandLine;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Commands;

/// <summary>The program's commands; without one it serves.</summary>
internal static class HostCommands
{
    public static async Task<int> RunAsync(string[] args, Func<string[], WebApplication> compose)
    {
        var arguments = CommandArguments.Split(args);
        var root = new RootCommand("Vaka.Plugins, an integration host. Without a command it serves the page and the API.")
        {
            KeysCommand.Create(new CommandHost(compose, arguments.Settings)),
            SecretsCommand.Create(new CommandHost(compose, arguments.Settings)),
            PluginsCommand.Create(new CommandHost(compose, arguments.Settings)),
            ImportCommand.Create(new CommandHost(compose, arguments.Settings)),
            IntegrationsCommand.Create(new CommandHost(compose, arguments.Settings)),
            AuditCommand.Create(new CommandHost(compose, arguments.Settings)),
        };
        root.SetAction((_, cancellationToken) => ServeCommand.RunAsync(compose(arguments.Settings), cancellationToken));
        try
        {
            return await root.Parse(arguments.Command).InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = Timeout.InfiniteTimeSpan, // the host itself bounds its stop; the default would cut it off after two seconds
            });
        }
        catch (StartupException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
        catch (ProblemException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            foreach (var error in refused.Errors) await Console.Error.WriteLineAsync($"  {error.Path}: {error.Message}");
            return 1;
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            await Console.Error.WriteLineAsync($"The database cannot do this now: {(fault.InnerException ?? fault).Message}");
            return 1;
        }
    }
}

/// <summary>Gives a command the host's services without serving.</summary>
internal sealed class CommandHost(Func<string[], WebApplication> compose, string[] settings)
{
    public async Task<int> RunAsync(
        bool withPlugins, Func<IServiceProvider, CancellationToken, Task<int>> command, CancellationToken cancellationToken)
    {
        // The answer alone goes to stdout: what is logged goes to stderr.
        await using var app = compose([.. settings, "--Logging:LogLevel:Default=Warning", "--Logging:Console:LogToStandardErrorThreshold=Trace"]);
        await HostStart.PrepareAsync(app.Services, withPlugins, cancellationToken);
        return await command(app.Services, cancellationToken);
    }
}
