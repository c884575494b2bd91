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
        var body = await JsonBody.ReadAsync(context);
        var bound = Contract.Bind(body);
        if (bound.Errors.Count == 0 && bound.Value is T value) return value;
        throw new ProblemException(ProblemCode.InvalidRequest, "The body is not what this address takes. 'errors' says where.")
        {
            Errors = [.. bound.Errors.Select(error => new ConfigError(error.Path, error.Message))],
        };
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));
}

/// <summary>Reads the bytes of a JSON body, no more than the endpoint takes.</summary>
internal static class JsonBody
{
    private const int DefaultLimit = 1024 * 1024;

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        var type = context.Request.ContentType;
        if (type is not null && !type.Contains("json", StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(ProblemCode.InvalidRequest, "Send the body as JSON, with 'Content-Type: application/json'.");
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>()?.Bytes ?? DefaultLimit;
        if (context.Request.ContentLength > limit) throw TooLarge(limit);
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(context.Request.ContentLength ?? 0, 256, DefaultLimit));
        while (true)
        {
            var read = await context.Request.Body.ReadAsync(buffer.GetMemory(256), context.RequestAborted);
            if (read == 0) return buffer.WrittenMemory;
            buffer.Advance(read);
            if (buffer.WrittenCount > limit) throw TooLarge(limit);
        }
    }

    /// <summary>A body that must be a JSON object; what stands in it is for the room that knows.</summary>
    public static Task<JsonObject> ReadObjectAsync(HttpContext context) => RequestBody<JsonObject>.ReadAsync(context);

    /// <summary>The same, or nothing at all.</summary>
    public static async Task<JsonObject?> ReadOptionalObjectAsync(HttpContext context) =>
        context.Request.ContentLength == 0 || !context.Request.Headers.ContainsKey("Content-Type") ? null : await ReadObjectAsync(context);

    private static ProblemException TooLarge(int limit) =>
        new(ProblemCode.TooLarge, $"The body is larger than this address takes: at most {limit / 1024} KiB.");
}

/// <summary>The most that an endpoint takes as a body; 1 MiB where nothing is said.</summary>
internal sealed record BodyLimit(int Bytes);
