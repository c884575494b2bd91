using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Vaka.Plugins.Host.Api.Document;

/// <summary>Schemas: what the generator cannot see, and where what it makes of a type is not what is sent.</summary>
internal static class SchemaDetails
{
    // Any JSON, as it stands.
    private static readonly HashSet<string> Any = [nameof(JsonNode), nameof(JsonElement)];

    /// <summary>JSON that is answered as it stands is any JSON, as a node is.</summary>
    public static string? NameOf(JsonTypeInfo type) =>
        type.Type == typeof(ReadOnlyMemory<byte>) ? nameof(JsonNode) : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    public static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        // A converter of our own hides the type from the generator.
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(DateTimeOffset))
            schema.Type = type == context.JsonTypeInfo.Type ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
        if (context.JsonPropertyInfo is not null || schema.Properties is not { } properties) return Task.CompletedTask;
        foreach (var property in context.JsonTypeInfo.Properties)
        {
            if (property.AttributeProvider is not { } member) continue;

            if (member.IsDefined(typeof(ReadOnlyAttribute), false))
            {
                // Of a body. Not readOnly, with which it were a fault to send it.
                properties[property.Name] = new OpenApiSchema { Description = "Ignored: an answer can be edited and sent back." };
            }
            else if (member.IsDefined(typeof(RequiredMemberAttribute), false))
            {
                // A constructor that sets all required members hides that they are.
                (schema.Required ??= new HashSet<string>()).Add(property.Name);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>What is only seen in the whole document.</summary>
    public static void Mend(Microsoft.OpenApi.OpenApiDocument document, OpenApiDocumentTransformerContext context)
    {
        var schemas = document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>();
        var bodies = context.DescriptionGroups.SelectMany(group => group.Items).SelectMany(item => item.ActionDescriptor.EndpointMetadata)
            .OfType<StrictBody>().Select(body => body.Type.Name).ToHashSet();
        foreach (var (name, component) in schemas)
        {
            if (component is not OpenApiSchema schema) continue;
            Mend(schema);
            if (bodies.Contains(name)) schema.AdditionalPropertiesAllowed = false;
        }
    }

    private static void Mend(OpenApiSchema schema)
    {
        if (schema.Enum is { Count: > 0 } names) MendNames(schema, names);
        if (schema.Type is JsonSchemaType.Array) schema.Items ??= new OpenApiSchema();
        if (schema.Items is OpenApiSchema items) Mend(items);
        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (property is not OpenApiSchema own) continue;

            // null is any JSON, too: it would be one of two.
            if (own.OneOf?.OfType<OpenApiSchemaReference>().FirstOrDefault(one => one.Reference.Id is { } id && Any.Contains(id)) is { } any)
                schema.Properties![name] = any; // it is what is gone through
            else
                Mend(own);
        }
    }

    // An enum that is null somewhere is said to be so everywhere, although the place says it, too.
    private static void MendNames(OpenApiSchema schema, IList<JsonNode> names)
    {
        schema.Enum = [.. names.Where(name => name is not null && !JsonNullSentinel.IsJsonNullSentinel(name))];
        schema.Type = JsonSchemaType.String;
    }
}
