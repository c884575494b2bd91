using System.Buffers;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Vaka.Plugins.Host.Integrations.Schema;

namespace Vaka.Plugins.Host.Api;

/// <summary>A JSON body, bound as strictly as a config: every fault named with its path, nothing coerced.</summary>
internal sealed class RequestBody<T> : IBindableFromHttpContext<RequestBody<T>>, IEndpointParameterMetadataProvider
    where T : class
{
    private static readonly JsonContract Contract = JsonContract.Create(typeof(T), null);

    private RequestBody(T value) => Value = value;

    public T Value { get; }

    public static async ValueTask<RequestBody<T>?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        new(await ReadAsync(context));

    public static async Task<T> ReadAsync(HttpContext context)
    {
        var bound = Contract.Bind(await JsonBody.ReadAsync(context));
        return bound.Errors.Count == 0 && bound.Value is T value ? value : throw Refused(bound.Errors);
    }

    /// <summary>The body as it stands, once it is known to be a <typeparamref name="T"/>.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadCheckedAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context);
        return Contract.Check(body.Span) is { Count: > 0 } errors ? throw Refused(errors) : body;
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));
        builder.Metadata.Add(new StrictBody(typeof(T)));
    }

    private static ProblemException Refused(IReadOnlyList<FieldError> errors) =>
        new(ProblemCode.InvalidRequest, "The body is not what this address takes. 'errors' says where.")
        {
            Errors = [.. errors.Select(error => new ConfigError(error.Path, error.Message))],
        };
}

/// <summary>Marks an endpoint whose body has no other members than <paramref name="Type"/>, for the document.</summary>
internal sealed record StrictBody(Type Type);

/// <summary>A body that must be JSON.</summary>
internal static class JsonBody
{
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        var type = context.Request.ContentType;
        if (type is not null && !type.Contains("json", StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(ProblemCode.InvalidRequest, "Send the body as JSON, with 'Content-Type: application/json'.");
        return await BodyBytes.ReadAsync(context);
    }

    /// <summary>A body that must be a JSON object; what stands in it is for the room that knows.</summary>
    public static Task<JsonObject> ReadObjectAsync(HttpContext context) => RequestBody<JsonObject>.ReadAsync(context);

    /// <summary>The same, or nothing at all.</summary>
    public static async Task<JsonObject?> ReadOptionalObjectAsync(HttpContext context) =>
        context.Request.ContentLength == 0 || !context.Request.Headers.ContainsKey("Content-Type") ? null : await ReadObjectAsync(context);
}

/// <summary>Reads the bytes of a body, no more than the endpoint takes.</summary>
internal static class BodyBytes
{
    private const int DefaultLimit = 1024 * 1024;

    public static async ValueTask<byte[]> ReadAsync(HttpContext context)
    {
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>()?.Bytes ?? DefaultLimit;
        if (context.Request.ContentLength > limit) throw TooLarge(limit);
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            var isTooLarge = read.Buffer.Length > limit;
            var bytes = read.IsCompleted && !isTooLarge ? read.Buffer.ToArray() : null;
            body.AdvanceTo(bytes is null ? read.Buffer.Start : read.Buffer.End, read.Buffer.End);
            if (isTooLarge) throw TooLarge(limit);
            if (bytes is not null) return bytes;
        }
    }

    private static ProblemException TooLarge(int limit) =>
        new(ProblemCode.TooLarge, $"The body is larger than this address takes: at most {limit / 1024} KiB.");
}

/// <summary>The most that an endpoint takes as a body; 1 MiB where nothing is said.</summary>
internal sealed record BodyLimit(int Bytes);
