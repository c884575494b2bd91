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

    /// <summary>Takes the mark off: it is not part of the model that migrations compare.</summary>
    public static bool Take(IMutableProperty property) => property.RemoveAnnotation(Annotation) is not null;
}
