namespace Vaka.Plugins.Host.Api;

/// <summary>What an endpoint refuses beyond what every one does, for the document.</summary>
internal sealed record Refusals(params ProblemCode[] Codes)
{
    /// <summary>Whoever needs the integration that serves.</summary>
    public static Refusals OfResolution { get; } = new(
        ProblemCode.NotFound, ProblemCode.ProviderDisabled, ProblemCode.IntegrationNotConfigured, ProblemCode.IntegrationUnusable);

    /// <summary>Whoever has a provider do something.</summary>
    public static Refusals OfRuns { get; } = new(
    [
        .. OfResolution.Codes, ProblemCode.ActionNotShared, ProblemCode.InvalidInput, ProblemCode.RateLimited, ProblemCode.ProviderFailed,
        ProblemCode.ProviderUnavailable, ProblemCode.ProviderTimeout, ProblemCode.NotApproved,
    ]);

    /// <summary>Whoever reads a config, saved or not.</summary>
    public static Refusals OfConfigs { get; } = new(
        ProblemCode.NotFound, ProblemCode.ProviderDisabled, ProblemCode.IntegrationUnusable, ProblemCode.TooLarge,
        ProblemCode.InvalidConfig, ProblemCode.SecretRequired);

    /// <summary>Whoever saves a config.</summary>
    public static Refusals OfWrites { get; } = new([.. OfConfigs.Codes, ProblemCode.NameTaken, ProblemCode.RevisionConflict]);

    /// <summary>Whoever asks for what need not be configured.</summary>
    public static Refusals OfSettings { get; } = new(ProblemCode.IntegrationNotConfigured);
}
