using System.Reflection;

namespace Vaka.Plugins.Host.Plugins.Loading;

/// <summary>Finds the one provider of an assembly.</summary>
internal static class ProviderType
{
    /// <exception cref="ProviderCheckException">There is none that can be made, or more than one.</exception>
    public static Type Find(Assembly assembly)
    {
        var (types, failure) = LoadableTypes(assembly);
        var providers = types.Where(type => typeof(IIntegrationProvider).IsAssignableFrom(type) && !type.IsAbstract).ToList();
        var usable = providers.Where(type => WhyUnusable(type) is null).ToList();
        return (usable, providers) switch
        {
            ([var only], _) => only,
            ([], []) when failure is not null => throw failure,
            ([], []) => throw new ProviderCheckException(
                $"{assembly.GetName().Name} has no provider: derive one public class from IntegrationProvider<TConfig>."),
            ([], _) => throw new ProviderCheckException(
                $"{assembly.GetName().Name} has no provider that can be made: "
                + $"{string.Join("; ", providers.Select(type => $"{type.FullName} {WhyUnusable(type)}"))}."),
            _ => throw new ProviderCheckException(
                $"{assembly.GetName().Name} has several providers ({string.Join(", ", usable.Select(type => type.FullName))}): a plugin has "
                + "exactly one. Give each a project and a folder of its own."),
        };
    }

    private static string? WhyUnusable(Type type) =>
        !type.IsVisible ? "is not public"
        : type.ContainsGenericParameters ? "is generic"
        : type.GetConstructor(Type.EmptyTypes) is null ? "has no public parameterless constructor"
        : null;

    // One type that does not load, such as one for an optional dependency, does not spoil the others.
    private static (IEnumerable<Type> Types, Exception? Failure) LoadableTypes(Assembly assembly)
    {
        try
        {
            return (assembly.GetTypes(), null);
        }
        catch (ReflectionTypeLoadException exception)
        {
            return (exception.Types.OfType<Type>(), exception.LoaderExceptions.FirstOrDefault(cause => cause is not null) ?? exception);
        }
    }
}
