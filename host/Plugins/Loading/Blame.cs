using System.Reflection;

namespace Vaka.Plugins.Host.Plugins.Loading;

/// <summary>Says which part of a plugin failed, without repeating what it said: the message of a foreign exception may hold
/// anything.</summary>
internal static class Blame
{
    public static T For<T>(string part, Func<T> run)
    {
        try
        {
            return run();
        }
        catch (Exception exception) when (exception is not ProviderCheckException)
        {
            var cause = exception is TargetInvocationException { InnerException: { } inner } ? inner : exception;
            throw new ProviderCheckException(Describe(part, cause), cause);
        }
    }

    public static void For(string part, Action run) => For(part, () =>
    {
        run();
        return true;
    });

    public static string Describe(string part, Exception cause) => cause switch
    {
        ProviderCheckException known => known.Message,
        _ when MissingAssembly(cause) is { } name =>
            $"It needs the assembly '{name}', which is not in its folder and not in the host: copy the plugin's whole build output.",
        TypeLoadException or MissingMemberException or BadImageFormatException =>
            $"It does not fit the assemblies that it was loaded with ({cause.GetType().Name} in {part}): rebuild it against this host's "
            + "contract. The host's log has the details.",
        _ => $"It failed in {part} ({cause.GetType().Name}). The host's log has the details.",
    };

    // The same exceptions tell of files that are no assemblies; then the name is a path.
    private static string? MissingAssembly(Exception cause)
    {
        var name = (cause as FileNotFoundException)?.FileName ?? (cause as FileLoadException)?.FileName;
        return name?.Contains(", Version=", StringComparison.Ordinal) == true ? name : null;
    }
}
