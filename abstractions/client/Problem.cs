using System.Text.Json;

namespace Vaka.Plugins.Client;

/// <summary>A failure as the host answers it.</summary>
internal sealed record Problem
{
    public required string Code { get; init; }

    public required string Detail { get; init; }

    public string? Reason { get; init; }

    public string? FailureKind { get; init; }

    public int? RetryAfterSeconds { get; init; }

    public IReadOnlyList<FieldProblem>? Errors { get; init; }

    public IReadOnlyList<TrailEntry>? Trail { get; init; }

    /// <summary><c>null</c>: it is none, such as the page of a proxy in between.</summary>
    public static Problem? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return body.IsEmpty ? null : JsonSerializer.Deserialize(body, ClientJson.Default.Problem);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
