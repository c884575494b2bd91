using Microsoft.AspNetCore.Http.HttpResults;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Which integration serves, for every provider. While nothing is changed, two exports are the same to the byte.</summary>
/// <param name="TenantId">For whom; null: the platform itself.</param>
/// <param name="Items">By integration_type.</param>
internal sealed record EffectiveExport(Guid? TenantId, IReadOnlyList<EffectiveItem> Items)
{
    /// <summary>Answers it as a file.</summary>
    public static async Task<Ok<EffectiveExport>> AnswerAsync(
        HttpResponse response, Caller caller, IntegrationResolver resolver, CancellationToken cancellationToken)
    {
        var all = await resolver.ExplainAllAsync(caller.TenantId, cancellationToken);
        response.Headers.ContentDisposition = $"attachment; filename=\"effective-{caller.TenantId?.ToString() ?? "platform"}.json\"";
        return TypedResults.Ok(new EffectiveExport(caller.TenantId, [.. all.Select(one => EffectiveItem.From(one.Type, one.Explanation))]));
    }
}

/// <summary>Which integration of one provider serves, or why none does.</summary>
internal sealed record EffectiveItem
{
    public required string IntegrationType { get; init; }

    /// <summary>What serves; null: nothing does.</summary>
    public required ServingIntegration? Integration { get; init; }

    /// <summary>The error that a call would be answered; null: none.</summary>
    public required EffectiveRefusal? Refusal { get; init; }

    /// <summary>The integrations that were looked at, and why each was taken or passed over.</summary>
    public required IReadOnlyList<TrailEntry> Trail { get; init; }

    public static EffectiveItem From(string type, Explanation explanation) => new()
    {
        IntegrationType = type,
        Integration = explanation.Resolution is { } resolution ? ServingIntegration.From(resolution.Integration) : null,
        Refusal = explanation.Refusal is { } refusal ? new EffectiveRefusal(SnakeCaseEnum.Text(refusal.Code), refusal.Detail, refusal.Reason) : null,
        Trail = explanation.Trail,
    };
}

/// <summary>Why nothing serves.</summary>
/// <param name="Code">The stable name of the error.</param>
/// <param name="Detail">What is wrong and what to do.</param>
/// <param name="Reason">With integration_unusable: why; null: not known, or not the tenant's business.</param>
internal sealed record EffectiveRefusal(string Code, string Detail, string? Reason);
