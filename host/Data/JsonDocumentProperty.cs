using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Vaka.Plugins.Host.Data;

/// <summary>Marks a text property as a JSON document: <c>jsonb</c> on PostgreSQL, text on SQLite.</summary>
internal static class JsonDocumentProperty
{
    private const string Annotation = "Vaka:JsonDocument";

    public static PropertyBuilder<T> IsJsonDocument<T>(this PropertyBuilder<T> property)
        where T : class? => property.HasAnnotation(Annotation, true);

    public static bool IsSet(IReadOnlyProperty property) => property.FindAnnotation(Annotation) is not null;
}
