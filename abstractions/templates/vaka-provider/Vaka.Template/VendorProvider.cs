using Vaka.Plugins;
using Vaka_Template.Actions;

namespace Vaka_Template;

/// <summary>What this plugin brings: a table of contents.</summary>
public sealed class VendorProvider : IntegrationProvider<VendorConfig>
{
    public override ProviderDescriptor Descriptor { get; } = new()
    {
        Type = "vendor_type",
        DisplayName = "VendorName",
        Description = "Sends events to VendorName.",
        Icon = "icon.svg",

        // The host holds it to that, and shows it to admins.
        Reach = [Destination.OfUrl("url")],
    };

    public override IReadOnlyList<IntegrationAction> Actions { get; } = [new SendEvent()];

    protected override IEnumerable<ConfigError> Validate(VendorConfig config) => VendorConfigValidator.Validate(config);

    protected override Task<ProbeResult> ProbeAsync(VendorConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        VendorProbe.RunAsync(config, context, cancellationToken);
}
