using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace Vaka.Plugins.Host.Api;

/// <summary>An <see cref="InvokeBody"/> whose input is left as it stands: whoever runs the action reads it.</summary>
internal sealed record InvokeCall(ReadOnlyMemory<byte> Input, string? Integration, DateTimeOffset? NotBefore, bool DryRun = false)
    : IBindableFromHttpContext<InvokeCall>, IEndpointParameterMetadataProvider
{
    public static async ValueTask<InvokeCall?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        Read(await RequestBody<InvokeBody>.ReadCheckedAsync(context));

    /// <summary>Takes a checked body apart.</summary>
    public static InvokeCall Read(ReadOnlyMemory<byte> body)
    {
        var input = ReadOnlyMemory<byte>.Empty;
        string? integration = null;
        DateTimeOffset? notBefore = null;
        var dryRun = false;
        var reader = new Utf8JsonReader(body.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isInput = reader.ValueTextEquals("input"u8);
            var isTime = reader.ValueTextEquals("not_before"u8);
            var isDryRun = reader.ValueTextEquals("dry_run"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isInput) input = body[start..(int)reader.BytesConsumed];
            else if (isDryRun) dryRun = reader.TokenType is JsonTokenType.True;
            else if (!isTime) integration = reader.GetString();
            else if (reader.TokenType is JsonTokenType.String) notBefore = reader.GetDateTimeOffset();
        }

        return new InvokeCall(input, integration, notBefore, dryRun);
    }

    /// <summary>What does nothing is done neither once nor later.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>.</exception>
    public void CheckDryRun(string? idempotencyKey, bool isAsync)
    {
        var wrong = idempotencyKey is not null ? IdempotencyKeyHeader.Name : isAsync ? "Prefer: respond-async" : NotBefore is not null ? "not_before" : null;
        if (wrong is not null) throw new ProblemException(ProblemCode.InvalidRequest, $"A dry run does nothing, and takes no {wrong}. Leave it out.");
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        RequestBody<InvokeBody>.PopulateMetadata(parameter, builder);
}
