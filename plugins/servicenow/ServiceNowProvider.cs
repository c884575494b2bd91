using Vaka.Plugins.ServiceNow.Actions;

[assembly: Vaka.Plugins.ConformanceGrade(Vaka.Plugins.Grade.Gold)]

namespace Vaka.Plugins.ServiceNow;

/// <summary>Incidents and any other table of a ServiceNow instance, through its Table and Attachment APIs.</summary>
public sealed class ServiceNowProvider : IntegrationProvider<ServiceNowConfig>
{
    /// <inheritdoc/>
    public override ProviderDescriptor Descriptor { get; } = new()
    {
        Type = "servicenow",
        DisplayName = "ServiceNow",
        Description = "Creates, updates and resolves incidents in ServiceNow, and reads and writes any of its tables.",
        DocumentationUrl = new Uri("https://www.servicenow.com/docs/r/api-reference/rest-apis/c_TableAPI.html"),
        Icon = "icon.svg",
        ConfigVersion = 1,
        Reach = [Destination.OfUrl("instance_url")],
    };

    /// <inheritdoc/>
    public override IReadOnlyList<IntegrationAction> Actions { get; } =
    [
        new CreateIncident(), new UpdateIncident(), new ResolveIncident(),
        new GetRecord(), new QueryRecords(), new CreateRecord(), new UpdateRecord(), new DeleteRecord(),
        new AddAttachment(),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<ConfigError> Validate(ServiceNowConfig config) => ServiceNowConfigValidator.Validate(config);

    /// <inheritdoc/>
    protected override Task<ProbeResult> ProbeAsync(
        ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        ServiceNowProbe.RunAsync(config, context, cancellationToken);

    /// <inheritdoc/>
    protected override Task<OptionList> GetOptionsAsync(
        OptionsRequest request, ServiceNowConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        ServiceNowOptions.ListAsync(request, new ServiceNowClient(config, context), cancellationToken);
}
