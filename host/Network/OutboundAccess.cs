namespace Vaka.Plugins.Host.Network;

/// <summary>The way out for integrations of one scope: platform-wide rows and tenants' rows have allowed networks of their own.</summary>
internal sealed class OutboundAccess
{
    public IOutboundNetwork Network(ConfigScope scope) => throw new NotImplementedException();

    /// <summary>The shared client of <see cref="IntegrationContext.Http"/>.</summary>
    public HttpClient Http(ConfigScope scope) => throw new NotImplementedException();
}
