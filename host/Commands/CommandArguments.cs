namespace Vaka.Plugins.Host.Commands;

/// <summary>Tells deployment settings from a command and its options, so that every command takes the settings that the host takes and a
/// misspelt option is still an error.</summary>
/// <param name="Command">What the command line parser gets.</param>
/// <param name="Settings">What the configuration gets.</param>
internal sealed record CommandArguments(string[] Command, string[] Settings)
{
    private static readonly string[] Plain = ["urls", "publicurl", "environment", "shutdowntimeoutseconds"];

    /// <summary>A setting is <c>--Section:Key value</c> or <c>--Section:Key=value</c>, or one of the few that have no section.</summary>
    public static CommandArguments Split(string[] args)
    {
        List<string> command = [], settings = [];
        for (var i = 0; i < args.Length; i++)
        {
            var argument = args[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                command.Add(argument);
                continue;
            }

            var equals = argument.IndexOf('=');
            var name = equals < 0 ? argument[2..] : argument[2..equals];
            if (!name.Contains(':') && !Plain.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                command.Add(argument);
                continue;
            }

            settings.Add(argument);
            if (equals < 0 && i + 1 < args.Length) settings.Add(args[++i]);
        }

        return new CommandArguments([.. command], [.. settings]);
    }
}
