using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Integrations.Schema.Shapes;
using Vaka.Plugins.Host.Network.Addresses;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Destinations;

/// <summary>Refuses a plugin whose declared reach cannot be held: a host that is none, a field that is not there.</summary>
internal sealed class ReachCheck(ProviderContracts contracts) : IProviderCheck
{
    public void Check(LoadedPlugin plugin)
    {
        if (plugin.Descriptor.Reach is not { } reach) return;
        var config = contracts.Config(plugin);
        foreach (var destination in reach)
        {
            var problem = destination switch
            {
                null => "holds a null",
                { Host: { } host } => ProblemOfHost(host) ?? ProblemOfPort(destination.Port),
                { UrlField: { } url } => ProblemOfField(config, url, IsText, "text"),
                { HostField: { } host } => ProblemOfField(config, host, IsText, "text")
                    ?? ProblemOfField(config, destination.PortField ?? "", shape => shape is IntegerShape, "an integer"),
                { AnywhereBecause: var because } => string.IsNullOrWhiteSpace(because) ? "reaches anywhere and does not say why" : null,
            };
            if (problem is not null) throw new ProviderCheckException($"Its reach {problem}. Correct it in the descriptor.");
        }
    }

    private static string? ProblemOfHost(string host)
    {
        var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        if (name != host && !name.Contains('.')) return $"names {host}, which is a whole top-level domain";
        try
        {
            return HostName.Parse(name).Text == name ? null : $"names {host}, which is not in ASCII and lower case";
        }
        catch (IntegrationException exception)
        {
            return $"names '{host}': {exception.Message.TrimEnd('.')}";
        }
    }

    private static string? ProblemOfPort(int port) => port is >= 1 and <= 65535 ? null : $"names the port {port}";

    private static string? ProblemOfField(JsonContract config, string path, Func<Shape, bool> fits, string what)
    {
        var shapes = config.ShapesAt(path);
        return shapes.Count == 0 ? $"names the field '{path}', which the config does not have"
            : shapes.All(fits) ? null
            : $"names the field '{path}', which is not {what}";
    }

    private static bool IsText(Shape shape) => shape is TextShape or FormattedShape or SecretShape;
}
