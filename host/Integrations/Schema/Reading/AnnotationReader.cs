using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations.Schema.Shapes;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Schema.Reading;

/// <summary>Makes titles, descriptions and form hints of attributes.</summary>
internal static class AnnotationReader
{
    public static JsonObject OfType(Type type, bool withTitle)
    {
        var attributes = type.GetCustomAttributes(inherit: false).OfType<Attribute>().ToArray();
        var annotations = new JsonObject();
        if (Title(attributes) is { } title) annotations["title"] = title;
        else if (withTitle) annotations["title"] = TypeName.Words(type);
        if (Description(attributes) is { } description) annotations["description"] = description;
        return annotations;
    }

    public static JsonObject OfMember(IReadOnlyList<Attribute> attributes, Shape shape, string place)
    {
        var annotations = new JsonObject();
        if (Title(attributes) is { } title) annotations["title"] = title;
        if (Description(attributes) is { } description) annotations["description"] = description;
        if (One<DisplayAttribute>(attributes) is { } display)
        {
            if (display.GetGroupName() is { } section) annotations["x-section"] = section;
            if (display.GetOrder() is { } order) annotations["x-order"] = order;
            if (display.GetPrompt() is { } prompt) annotations["x-placeholder"] = prompt;
        }

        if (One<DependsOnAttribute>(attributes) is { } depends)
        {
            annotations["x-depends-on"] = new JsonObject
            {
                ["path"] = depends.Path,
                ["values"] = new JsonArray([.. depends.Values.Select(value => (JsonNode)value)]),
            };
        }

        if (One<MultilineAttribute>(attributes) is not null)
        {
            if (shape is not (TextShape or SecretShape)) throw new ProviderCheckException($"{place}: [Multiline] is for text. Remove it.");
            annotations["x-multiline"] = true;
        }

        if (One<UnitAttribute>(attributes) is { } unit)
        {
            if (shape is not (IntegerShape or NumberShape)) throw new ProviderCheckException($"{place}: [Unit] is for numbers. Remove it.");
            annotations["x-unit"] = unit.Name;
        }

        if (One<SensitiveAttribute>(attributes) is not null) annotations["x-sensitive"] = true;
        if (One<HasOptionsAttribute>(attributes) is not null) annotations["x-options"] = true;
        return annotations;
    }

    public static string? Title(IReadOnlyList<Attribute> attributes) =>
        One<DisplayAttribute>(attributes)?.GetName() ?? One<DisplayNameAttribute>(attributes)?.DisplayName;

    public static T? One<T>(IReadOnlyList<Attribute> attributes)
        where T : Attribute => attributes.OfType<T>().FirstOrDefault();

    private static string? Description(IReadOnlyList<Attribute> attributes) =>
        One<DisplayAttribute>(attributes)?.GetDescription() ?? One<DescriptionAttribute>(attributes)?.Description;
}
