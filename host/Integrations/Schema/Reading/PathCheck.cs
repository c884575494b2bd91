using Vaka.Plugins.Host.Integrations.Schema.Shapes;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Schema.Reading;

/// <summary>The paths that attributes name, to be looked up once the whole record is read.</summary>
internal sealed class PathCheck
{
    private readonly List<(string Place, string Attribute, string Path, IReadOnlyList<string> Values)> named = [];

    public void Add(string place, SecretForAttribute attribute)
    {
        foreach (var path in attribute.Paths) named.Add((place, "SecretFor", path, []));
    }

    public void Add(string place, DependsOnAttribute attribute) => named.Add((place, "DependsOn", attribute.Path, attribute.Values));

    public void Run(Shape root)
    {
        foreach (var (place, attribute, path, values) in named)
        {
            var shapes = ShapesAt(root, path);
            var names = $"{place}: [{attribute}] names {path}, which";
            if (shapes.Count == 0)
                throw new ProviderCheckException($"{names} the record does not have. Name it from the root, as it stands in JSON.");
            if (attribute == "SecretFor" && shapes.All(shape => shape is SecretShape))
                throw new ProviderCheckException($"{names} is a secret itself. Name where and how it is sent.");
            if (values.FirstOrDefault(value => !shapes.Any(shape => Takes(shape, value))) is { } impossible)
                throw new ProviderCheckException($"{place}: [DependsOn] waits for {path} to be {impossible}, which it never is.");
        }
    }

    public static IReadOnlyList<Shape> ShapesAt(Shape root, string path)
    {
        Shape[] shapes = [root];
        foreach (var name in path.Split('.')) shapes = [.. shapes.SelectMany(shape => shape.Below(name))];
        return shapes;
    }

    private static bool Takes(Shape shape, string value) => shape switch
    {
        ChoiceShape choice => choice.Names.Contains(value),
        BooleanShape => value is "true" or "false",
        _ => true,
    };
}
